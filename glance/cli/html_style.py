"""The style sheet of a report in HTML. It names meanings; their colours come from the themes."""

from __future__ import annotations

from glance.cli.html_element import Markup
from glance.themes import DARK, LIGHT, Palette

MEANINGS = (
    "ground", "text", "label", "frame", "edge", "success", "redirect", "client_error", "server_error", "latency",
    "volume", "traffic", "bar",
)  # fmt: skip


def sheet() -> Markup:
    """The style sheet, light unless the reader's browser is dark; on paper always light."""
    light, dark = _variables(LIGHT), _variables(DARK)
    return Markup(
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{dark}}}}}\n{RULES}"
    )


def _variables(palette: Palette) -> str:
    """A palette as variables."""
    values = {name: str(getattr(palette, name)).removeprefix("on ") for name in MEANINGS}
    return ";".join(f"--{name.replace('_', '-')}:{value}" for name, value in values.items())


RULES = """
*{box-sizing:border-box}
html{background:var(--ground);color:var(--text);-webkit-text-size-adjust:100%;print-color-adjust:exact;
-webkit-print-color-adjust:exact;scroll-behavior:smooth}
body{margin:0 auto;max-width:1180px;padding:28px 28px 40px;font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
.traffic{--ink:var(--traffic)}.client-error{--ink:var(--client-error)}.server-error{--ink:var(--server-error)}
.volume{--ink:var(--volume)}.latency{--ink:var(--latency)}.success{--ink:var(--success)}
.redirect{--ink:var(--redirect)}.informational{--ink:var(--label)}.text{--ink:var(--text)}
.zero{--ink:var(--label)}
h1{margin:2px 0 4px;font-size:24px;line-height:1.25;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
h1 span+span::before{content:", ";color:var(--label)}
h2{margin:0 0 12px;font-size:15px;font-weight:650}
p{margin:0 0 10px}small,.hint,.when,footer,.brand{color:var(--label)}small{font-size:inherit}
.brand,.when{margin:0}.brand span{color:var(--traffic);font-weight:700}
.hint{margin:8px 0 0;font-size:12.5px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:22px 0 16px}
.tiles div{padding:12px 14px;border:1px solid var(--frame);border-radius:10px;min-width:0}
dt,dd{margin:0;color:var(--label);font-size:12.5px}
dd.value{color:var(--ink);font-size:25px;line-height:1.3;font-weight:650;letter-spacing:-.02em}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 16px}
nav a{color:var(--label);text-decoration:none;padding:2px 0}
nav a:hover,nav a:focus-visible{color:var(--text);text-decoration:underline}
main{display:grid;grid-template-columns:minmax(0,1fr);gap:16px;align-items:start}
main>.tiles,main>nav{margin-bottom:0}
section{border:1px solid var(--frame);border-radius:10px;padding:16px 18px;min-width:0;scroll-margin-top:12px}
.legend{display:flex;flex-wrap:wrap;gap:2px 18px;margin:8px 0 12px;padding:0;list-style:none;color:var(--label)}
.legend span{color:var(--text)}.legend b{color:var(--text);font-weight:600}
.legend li::before{content:"";display:inline-block;width:10px;height:10px;margin-right:7px;border-radius:2px;
background:var(--ink)}
.keys{float:right;margin:-33px 0 0}
svg{display:block;width:100%;overflow:visible}
svg path{fill:var(--ink)}
.mix{height:14px}
.charts{position:relative;clear:both}
.plot{position:relative;height:190px;margin:0 0 14px 52px;border-bottom:1px solid var(--edge)}
.plot.low{height:56px}.plot svg{position:absolute;inset:0;height:100%}
.plot-title{margin:0 0 6px;font-size:12.5px;color:var(--text)}
.scale i{position:absolute;left:0;right:0;border-top:1px solid var(--frame)}
.scale b{position:absolute;right:100%;top:-9px;margin-right:8px;font:12px/18px system-ui,sans-serif;
color:var(--label);white-space:nowrap}
.low .scale i:first-child{display:none}
.tips{position:absolute;left:52px;top:24px;width:calc(100% - 52px);height:calc(100% - 62px)}
.tips rect{width:1px;height:100px;fill:transparent}.tips rect:hover{fill:var(--text);opacity:.16}
.axis{position:relative;height:18px;margin:-8px 0 6px 52px;font-size:12px;color:var(--label)}
.axis i{position:absolute;font-style:normal;white-space:nowrap;transform:translateX(-50%)}
table{width:100%;border-collapse:collapse}
th,td{padding:4px 0 4px 14px;text-align:left;font-weight:400;vertical-align:top}
th:first-child{padding-left:0}
thead th{color:var(--label);font-size:12.5px;padding-bottom:6px;border-bottom:1px solid var(--frame)}
.n{text-align:right;white-space:nowrap;width:1%}
td.n{color:var(--ink,var(--text))}
bdi,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12.5px;
overflow-wrap:anywhere}
h1 bdi{font:inherit}em{color:var(--label)}
.top th>span,.counts th>span{display:block;padding-bottom:4px;background-position:0 100%;background-size:100% 3px;
background-repeat:no-repeat}
.top th>span{background-image:linear-gradient(90deg,var(--server-error) calc(var(--s)*100%),
var(--client-error) 0 calc(var(--c)*100%),var(--traffic) 0 calc(var(--t)*100%),var(--bar) 0)}
.counts th>span{background-image:linear-gradient(90deg,var(--ink) calc(var(--t)*100%),var(--bar) 0)}
.counts{margin-top:4px}*+.counts{margin-top:14px}
.counts th:first-child,.top th:first-child{width:auto}
.latency-chart th,.latency-chart .n{width:1%;line-height:26px}.latency-chart td,.latency-chart th{padding:0 0 0 14px}
.latency-chart th:first-child{padding:0}.latency-chart svg{height:26px}
.latency-chart path{fill:none;stroke:var(--latency);vector-effect:non-scaling-stroke}
.latency-chart .grid{stroke:var(--frame)}.latency-chart .stem{stroke-width:3;opacity:.45}
.latency-chart .dot{stroke-width:11;stroke-linecap:round}
.latency-chart .n{color:var(--latency)}
tfoot div{position:relative;height:18px;color:var(--label);font-size:12px}
tfoot i{position:absolute;font-style:normal;white-space:nowrap;transform:translateX(-50%)}
.unseen,.unseen *{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
details{margin-top:10px}summary{cursor:pointer;color:var(--label)}
.steps{margin-top:8px;width:auto}.steps td{text-align:right}
.samples th{white-space:nowrap}.samples th bdi{white-space:normal}.samples th{width:26%;white-space:normal}
.notes{margin:0;padding-left:18px}.notes bdi{font:inherit}
footer{margin-top:26px;font-size:12.5px}
@media screen and (min-width:1000px){main{grid-template-columns:repeat(2,minmax(0,1fr));grid-auto-flow:dense}
main>*{grid-column:1/-1}main>.half{grid-column:auto}}
@media screen and (max-width:640px){
body{padding:18px 14px 28px}h1{font-size:20px}section{padding:14px}
.tiles{grid-template-columns:1fr 1fr;gap:8px}.tiles div{padding:9px 11px}
.tiles div:last-child:nth-child(odd){grid-column:1/-1}dd.value{font-size:21px}
.keys{float:none;margin:0 0 8px}.plot{height:150px}.axis .minor{display:none}
.tips{height:calc(100% - 62px)}
.top thead,.files thead,.samples thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.top,.top tbody,.files,.files tbody,.samples,.samples tbody{display:block}
.top tr,.files tr,.samples tr{display:flex;flex-wrap:wrap;gap:0 11px;padding:6px 0}
.top th,.files th,.samples th{flex:0 0 100%;width:100%;padding:0}
.top td,.files td,.samples td{width:auto;padding:2px 0 0;font-size:12.5px}
.top td::before,.files td::before{color:var(--label);margin-right:4px}
.top td:nth-child(2)::before{content:"hits"}.top td:nth-child(4)::before{content:"4xx"}
.top td:nth-child(5)::before{content:"5xx"}.top td:nth-child(7)::before{content:"p95"}
.top td.zero:nth-child(4),.top td.zero:nth-child(5){display:none}
.files td:nth-child(3)::before{content:"lines"}.files td:nth-child(4)::before{content:"parsed"}
.files td:nth-child(5)::before{content:"unparsed"}}
@page{size:A4;margin:13mm 14mm}
@media print{html{background:none}body{max-width:none;padding:0;font-size:12px}nav,details{display:none}
.tiles{grid-template-columns:repeat(3,1fr);gap:8px;margin:14px 0 18px}.tiles div{padding:8px 12px}
dd.value{font-size:20px}main{display:block}main>.tiles{margin-bottom:16px}bdi,code,thead th{font-size:11px}
section{border:0;border-top:1px solid var(--frame);border-radius:0;padding:14px 0 0;margin:0 0 16px}
th,td{padding-top:2px;padding-bottom:2px}.plot{height:140px}
.charts,.tiles div,tr,.latency-chart,.mix,.legend{break-inside:avoid}h2,thead{break-after:avoid}
thead{display:table-header-group}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
"""
