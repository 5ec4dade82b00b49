import { Alert, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "../i18n.ts";
import classes from "./visitor-note.module.css";
import { useHere } from "../app/session.tsx";

/** The sandbox's visitor has no account: what they would be refused is told before they try, with the way to an account. */
export function VisitorNote({ children }: { children: string }) {
  const { t } = useTranslation();
  const { session } = useHere();
  if (!session.is_visitor) return null;
  return (
    <Alert
      variant="light"
      mx="lg"
      my="md"
      title={t("visitor.title")}
      classNames={{ root: classes["note"]!, title: classes["title"]! }}
    >
      <Text size="sm">
        {children}{" "}
        {session.set_up_needed ? (
          t("visitor.setUp")
        ) : session.workspaces.length > 0 ? (
          <Link to={`/${session.workspaces[0]!.slug}` as never}>{t("visitor.own")}</Link>
        ) : (
          <Link to="/sign-in">{t("visitor.signIn")}</Link>
        )}
      </Text>
    </Alert>
  );
}
