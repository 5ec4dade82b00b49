import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import { StateBadge } from "../../parts/badges.tsx";

export type Supplier = Schemas["SupplierDetail"];

/** Whether an account takes purchases now, and what is in the way. */
export function AccountState({ account }: { account: Supplier["accounts"][number] }) {
  const { t } = useTranslation();
  if (account.credentials_rejected_at !== null)
    return <StateBadge tone="red">{t("setUp.suppliers.rejected")}</StateBadge>;
  if (account.paused_until !== null)
    return (
      <StateBadge tone="red" hint={t("setUp.suppliers.pausedHint")}>
        {t("setUp.suppliers.paused")}
      </StateBadge>
    );
  return (
    <StateBadge tone={account.active ? "green" : "grey"}>
      {t(account.active ? "setUp.suppliers.active" : "setUp.suppliers.inactive")}
    </StateBadge>
  );
}
