// The widget solves the challenge when the form is sent. Where it cannot (no HTTPS, no worker, an error, no answer), the form is sent
// without a solution: a page with a button follows.
const widget = document.querySelector("altcha-widget");
const form = widget.closest("form");
const patience = 20_000; // milliseconds; twenty times what a challenge takes
let waiting;
const giveUp = () => {
  clearTimeout(waiting);
  widget.remove();
  if (waiting) form.submit();
};
form.addEventListener("submit", () => {
  if (widget.isConnected && widget.getState && widget.getState() !== "verified") waiting ??= setTimeout(giveUp, patience);
}, { capture: true });
widget.addEventListener("statechange", ({ detail: { state } }) => {
  if (state === "error") giveUp();
  if (state === "verified") waiting = clearTimeout(waiting);
});
if (!isSecureContext) widget.remove();
