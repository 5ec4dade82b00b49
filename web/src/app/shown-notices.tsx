import "@mantine/notifications/styles.css";
import { Notifications } from "@mantine/notifications";

export const ShownNotices = () => <Notifications position="bottom-right" autoClose={10_000} limit={4} />;
