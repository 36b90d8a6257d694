// The widget solves the challenge when the form is sent. Where it cannot (no HTTPS, no worker, no answer), the form is sent without a
// solution: a page with a button follows.
const widget = document.querySelector("altcha-widget");
const form = widget.closest("form");
let sent = false;
form.addEventListener("submit", () => { sent = true; }, { capture: true });
widget.addEventListener("statechange", ({ detail }) => {
  if (detail.state !== "error") return;
  widget.remove();
  if (sent) form.submit();
});
if (!isSecureContext) widget.remove();
