// Runs before the first paint, so that a chosen theme never flashes.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("tagstore.theme");
  } catch {
    // Storage is off: follow the system.
  }
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
})();
