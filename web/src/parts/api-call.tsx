import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCode } from "@tabler/icons-react";
import { useTranslation } from "../i18n.ts";
import type { CallOptions, Path, SwitchyardClient } from "#client";

/** One request as a value: it is shown, copied and sent as the same thing. */
export interface Call {
  method: "POST" | "PUT";
  /** With its ids in it, such as `/v1/orders/ord_…/release`. */
  path: string;
  body: unknown;
  send: (api: SwitchyardClient, idempotencyKey?: string) => Promise<unknown>;
}

export const post = <P extends Path<"post">>(path: P, options: CallOptions<"post", P>): Call => ({
  method: "POST",
  ...shown(path, options),
  send: (api, idempotencyKey) => api.post(path, ...([{ ...options, idempotencyKey }] as never)),
});
export const put = <P extends Path<"put">>(path: P, options: CallOptions<"put", P>): Call => ({
  method: "PUT",
  ...shown(path, options),
  send: (api) => api.put(path, ...([options] as never)),
});

function shown(path: string, options: object): Pick<Call, "path" | "body"> {
  const { path: ids = {}, body } = options as { path?: Record<string, unknown>; body?: unknown };
  return { path: path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(ids[name]))), body };
}

/** The same as a command that runs elsewhere, with a key of the reader's own. A quote in a text is written as a shell wants it. */
export const curlOf = ({ method, path, body }: Call): string =>
  [
    `curl -X ${method} '${location.origin}${path}'`,
    `-H "Authorization: Bearer $SWITCHYARD_KEY"`,
    ...(method === "POST" ? [`-H "Idempotency-Key: $(uuidgen)"`] : []),
    `-H 'Content-Type: application/json'`,
    `-d '${JSON.stringify(body ?? {}).replaceAll("'", String.raw`'\''`)}'`,
  ].join(" \\\n  ");

/** Copies what the button beside it would send. */
export function CopyCall({ calls }: { calls: readonly Call[] }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={calls.map(curlOf).join("\n")} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t("copy.done") : t("resolve.copyCall")}>
          <ActionIcon onClick={copy} aria-label={t("resolve.copyCall")}>
            {copied ? <IconCheck size={14} /> : <IconCode size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
