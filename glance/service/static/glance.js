// Says where the dashboard's connection is, and lets Textual's script begin once the font is there:
// the terminal measures its cells when it is opened, and would be too narrow or too wide for ever.
(() => {
  "use strict";
  const next = document.currentScript.dataset.next;
  const terminal = document.getElementById("terminal");
  const address = new URL("ws", window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.search = "";
  address.hash = "";
  const size = Number.parseInt(new URLSearchParams(window.location.search).get("fontsize"), 10);
  terminal.dataset.sessionWebsocketUrl = address.href;
  terminal.dataset.fontSize = String(size >= 6 && size <= 48 ? size : 14);
  document.getElementById("again").addEventListener("click", () => window.location.reload());

  const begin = () => {
    const script = document.createElement("script");
    script.src = next;
    script.addEventListener("load", () => window.onload && document.readyState === "complete" && window.onload());
    document.head.append(script);
  };
  // keys are for the dashboard from the first moment, without a click on it
  const focus = () => document.querySelector(".xterm-helper-textarea")?.focus({ preventScroll: true });
  window.addEventListener("focus", focus);
  new MutationObserver(focus).observe(document.body, { attributes: true, attributeFilter: ["class"] });

  const loaded = new Promise((done) => {
    if (document.readyState === "complete") done();
    else window.addEventListener("load", done, { once: true });
  });
  const font = Promise.all(["400", "700"].map((weight) => document.fonts.load(`${weight} 16px "Roboto Mono"`)));
  const patience = new Promise((done) => setTimeout(done, 3000));
  Promise.all([loaded, Promise.race([font, patience])]).then(begin, begin);
})();
