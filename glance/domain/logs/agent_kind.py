"""What kind of client an agent belongs to, as it says of itself: person, crawler, tool, monitor, or unknown.

An agent is cut into words at everything that is no letter, digit, `.` or `-`. The first word that a table
knows decides; a word with `bot`, `crawl` or `spider` in it makes a crawler of what no table knows; `Mozilla`
with a system in parentheses behind it is a browser, and thus a person. All else, and no agent, is unknown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from glance.domain.logs.crawler import CRAWLERS, other_crawler

PERSON, CRAWLER, TOOL, MONITOR, UNKNOWN = b"person", b"crawler", b"tool", b"monitor", b"unknown"
KINDS = (PERSON, CRAWLER, TOOL, MONITOR, UNKNOWN)

_MONITORS = """
uptimerobot=UptimeRobot pingdom.com=Pingdom pingdomtms=Pingdom pingdompagespeed=Pingdom kube-probe=kube-probe
googlehc=GoogleHC elb-healthchecker=ELB-HealthChecker monitoring-plugins=check_http nagios-plugins=check_http
zabbix=Zabbix icinga=Icinga datadogsynthetics=Datadog datadog=Datadog newrelicpinger=NewRelic
newrelicsynthetics=NewRelic statuscake=StatusCake site24x7=Site24x7 hetrixtools=HetrixTools
betteruptime=BetterUptime uptime-kuma=Uptime-Kuma freshping=Freshping updown.io=updown.io nodeping=NodePing
checkly=Checkly cloudwatchsynthetics=CloudWatchSynthetics amazon-route53-health-check-service=Route53
catchpoint=Catchpoint gomezagent=Dynatrace ruxitsynthetic=Dynatrace ktxn=Keynote jetmon=jetmon gatus=Gatus
montastic=Montastic panopta=Panopta thousandeyes=ThousandEyes onlineornot=OnlineOrNot ohdear=OhDear
pulsetic=Pulsetic host-tracker=Host-Tracker blackbox=Blackbox nagios=Nagios
"""
_FIRST_MONITORS = """
better=BetterUptime oh=OhDear uptime=Uptime consul=Consul prometheus=Prometheus haproxy=HAProxy traefik=Traefik
envoy=Envoy grafana=Grafana monit=Monit sensu=Sensu cachet=Cachet edge=Azure
"""

_TOOLS = """
curl wget libcurl python-requests python-urllib python-urllib3 python-httpx aiohttp httpx go-http-client
apache-httpclient apache-httpasyncclient okhttp node-fetch undici libwww-perl lwp-request lwp-trivial guzzlehttp
postmanruntime httpie headlesschrome phantomjs puppeteer playwright selenium chrome-lighthouse windowspowershell
winhttp cfnetwork reactornetty botocore boto3 apachebench jmeter nikto sqlmap nmap masscan zgrab nuclei wpscan
dirbuster gobuster ffuf feroxbuster netsparker acunetix openvas nessus arachni censysinspect l9explore l9tcpid
internetmeasurement httrack winhttrack wappalyzer
"""
_FIRST_TOOLS = """
java python ruby perl php node deno go git git-lfs rust reqwest dart elixir erlang lua nim swift ab http.rb hackney
apache jersey feign vert.x got axios superagent needle request hyper ureq surf electron postman insomnia soapui wget2
guzzle restsharp faraday typhoeus mechanize httpclient rest-client unirest aws-sdk-java aws-sdk-go aws-sdk-js
aws-cli wrk vegeta k6 locust siege hey gatling ansible-httpget terraform helm docker containerd podman skopeo pip npm
yarn pnpm bun maven gradle cargo bundler composer apt-http debian dnf libdnf yum rclone restic davfs2 webdav gvfs
microsoft-webdav-miniredir jakarta expanse scrapy colly dalvik symfony wordpress drupal chef powershell fetch xenu
ktor-client libfetch urlgrabber
"""

_PERSONS = "firefox up.browser midori instagram semc-browser"
_FIRST_PERSONS = "opera lynx links elinks w3m ucweb blackberry dillo netsurf docomo nokia edbrowse"
_FIRST_CRAWLERS = (
    "whatsapp=WhatsApp screaming=ScreamingFrog w3c=W3C-Validator bluesky=Bluesky digg=Digg tiny=Tiny-Tiny-RSS"
)


class AgentKind(NamedTuple):
    """What an agent says of its client."""

    kind: bytes
    """One of KINDS."""
    name: bytes = b""
    """Of the crawler, the monitor or the tool; empty for others."""


def _table(kind: bytes, text: str) -> dict[bytes, AgentKind]:
    """Word → kind and name, which is the word itself where none is given."""
    entries = (entry.partition("=") for entry in text.split())
    return {word.encode(): AgentKind(kind, (name or word).encode()) for word, _, name in entries}


_ANYWHERE = {
    **_table(TOOL, _TOOLS),
    **_table(MONITOR, _MONITORS),
    **{word: AgentKind(CRAWLER, name) for word, name in CRAWLERS.items()},
}
"""Words that say it wherever they stand."""
_FIRST = {
    **_table(TOOL, _FIRST_TOOLS),
    **_table(MONITOR, _FIRST_MONITORS),
    **_table(CRAWLER, _FIRST_CRAWLERS),
    **dict.fromkeys((word.encode() for word in _FIRST_PERSONS.split()), AgentKind(PERSON)),
}
"""Words that say it when they are the first."""
_BROWSERS = frozenset(word.encode() for word in _PERSONS.split())

_KEPT = b"abcdefghijklmnopqrstuvwxyz0123456789.-"
_CUT = bytes(code if bytes([code]) in _KEPT else 32 for code in range(256))
"""Everything that parts words becomes a space."""

MOST_BYTES = 2048
"""Of an agent, how much is looked at."""


def classified(agent: bytes) -> AgentKind:
    """The kind of client behind an agent, and its name where it has one."""
    return _classified(agent[:MOST_BYTES])


@lru_cache(maxsize=4096)
def _classified(agent: bytes) -> AgentKind:
    small = agent.lower()
    words = small.translate(_CUT).split()
    known = [_ANYWHERE[word] for word in words if word in _ANYWHERE]
    first = _FIRST.get(words[0]) if words else None
    known += [first] if first is not None else []
    for kind in (CRAWLER, MONITOR):
        for found in known:
            if found.kind == kind:
                return found
    if name := other_crawler(words):
        return AgentKind(CRAWLER, name)
    if known:
        return known[0]
    is_browser = (small.startswith(b"mozilla/") and b"(" in small) or not _BROWSERS.isdisjoint(words)
    return AgentKind(PERSON if is_browser else UNKNOWN)


def agent_kind(agent: bytes) -> bytes:
    """One of KINDS."""
    return classified(agent).kind


def crawler_name(agent: bytes) -> bytes:
    """The name of the crawler; empty when it is none."""
    found = classified(agent)
    return found.name if found.kind == CRAWLER else b""
