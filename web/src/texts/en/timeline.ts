export const timeline = {
  filter: "Show",
  all: "All",
  people: "People",
  machine: "Machine",
  money: "Money",
  none: "Nothing of this kind yet.",
  more: "Show older",
  evidence: "Evidence",
} as const;
