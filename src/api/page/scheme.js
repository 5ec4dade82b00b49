// Before the first paint: light or dark as it was chosen in the dashboard of this browser, else as the system says. A file of its own: no page allows inline scripts.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // A browser that keeps nothing shows what the system says.
  }
  if (chosen !== "light" && chosen !== "dark") return;
  document.getElementById("dark").media = chosen === "dark" ? "all" : "not all";
  document.documentElement.style.colorScheme = chosen;
})();
