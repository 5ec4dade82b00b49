import { useNotifications } from "@mantine/notifications";
import { later } from "../parts/later.tsx";

const Shown = later(async () => (await import("./shown-notices.tsx")).ShownNotices);

/** What is said for a moment in the corner. */
export function Notices() {
  return <Shown when={useNotifications().notifications.length > 0} />;
}
