// Runs before the first paint, so that the page never flashes in the other theme. See data/theme.js.
try {
  const theme = localStorage.getItem("gonets.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme it is.
}
