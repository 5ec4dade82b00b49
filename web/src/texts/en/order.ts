export const order = {
  close: "Close",
  openPage: "Open as a page",
  wrong: "What is wrong",
  facts: "Order",
  lines: "Lines",
  timeline: "What happened",
  noTimeline: "Nothing yet",
} as const;
