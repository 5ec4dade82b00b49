import { Button } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { useAct } from "../../app/act.ts";
import type { Schemas } from "../../app/api.ts";
import { useHere } from "../../app/session.tsx";
import { StateBadge } from "../../parts/badges.tsx";
import { DataTable, type Column } from "../../parts/data-table.tsx";
import { Help } from "../../parts/help.tsx";
import { Empty, Page, Trouble } from "../../parts/page.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { Ago } from "../../parts/time.tsx";
import { VisitorNote } from "../../parts/visitor-note.tsx";
import { Invite } from "./invite.tsx";
import { MemberBeside } from "./member-beside.tsx";
import { RoleBadge, WorksFor } from "./role.tsx";
import classes from "./team.module.css";

type Member = Schemas["Member"];

/** Who belongs to the workspace, as what, and who is invited to it. */
export function Team() {
  const { t } = useTranslation();
  const { api, workspace, session, may } = useHere();
  const search = useSearch({ from: "/$workspace/team" });
  const navigate = useNavigate({ from: "/$workspace/team" });
  const [isInviting, setInviting] = useState(false);
  const members = useQuery({
    queryKey: [workspace.slug, "team", "members"],
    queryFn: ({ signal }) => api.get("/v1/members", { signal }),
  });
  const invitations = useQuery({
    queryKey: [workspace.slug, "team", "invitations"],
    queryFn: ({ signal }) => api.get("/v1/invitations", { signal }),
  });
  const open = members.data?.members.find(({ id }) => id === search.open);
  const mayChange = may("members.change") && !session.is_visitor;
  const columns: Column<Member>[] = [
    {
      id: "name",
      header: t("team.name"),
      width: 220,
      cell: ({ id, name }) => (
        <span className="cut">
          <span style={{ fontWeight: 600 }}>{name}</span>{" "}
          {id === session.user?.id && <span className="dim">· {t("team.you")}</span>}
        </span>
      ),
    },
    { id: "email", header: t("team.email"), cell: ({ email }) => email },
    { id: "role", header: t("team.role"), width: 130, cell: ({ role }) => <RoleBadge role={role} /> },
    { id: "works", header: t("team.works"), cell: (member) => <WorksFor {...member} /> },
    {
      id: "factor",
      header: t("team.factor"),
      width: 120,
      cell: ({ second_factor: isOn }) => <FactorBadge isOn={isOn} />,
    },
    {
      id: "since",
      header: t("team.since"),
      width: 130,
      isRight: true,
      cell: ({ member_since: at }) => (
        <span className="dim">
          <Ago at={at} />
        </span>
      ),
    },
  ];
  return (
    <Page
      title={t("team.title")}
      isFull
      beside={<Help about={t("team.title")}>{t("team.help")}</Help>}
      actions={
        mayChange && (
          <Button leftSection={<IconUserPlus size={14} aria-hidden />} onClick={() => setInviting(true)}>
            {t("team.invite")}
          </Button>
        )
      }
      top={
        <>
          <Tabs
            label={t("team.tabs")}
            tabs={[
              { id: "", label: t("team.members"), count: members.data?.members.length },
              { id: "invitations", label: t("team.invitations"), count: invitations.data?.invitations.length },
            ]}
            current={search.view ?? ""}
            onChange={(view) => void navigate({ search: view === "" ? {} : { view } })}
          />
          <VisitorNote>{t("team.visitor")}</VisitorNote>
          {members.error !== null && <Trouble error={members.error} onRetry={() => void members.refetch()} />}
        </>
      }
    >
      {search.view === "invitations" ? (
        <Invitations rows={invitations.data?.invitations} mayChange={mayChange} />
      ) : (
        <DataTable
          label={t("team.members")}
          columns={columns}
          rows={members.data?.members}
          rowId={({ id }) => id}
          nameOf={({ name }) => name}
          openId={search.open ?? null}
          onOpen={({ id }) => void navigate({ search: { open: id }, replace: true })}
          card={(member) => (
            <div className={classes["card"]}>
              <div>
                <span className="cut" style={{ fontWeight: 600 }}>
                  {member.name}
                </span>
                <RoleBadge role={member.role} />
              </div>
              <div className="dim">
                <span className="cut">{member.email}</span>
                <FactorBadge isOn={member.second_factor} />
              </div>
            </div>
          )}
          empty={<Empty title={t("team.none")}>{t("team.noneHint")}</Empty>}
        />
      )}
      {open !== undefined && (
        <MemberBeside
          key={open.id}
          member={open}
          mayChange={mayChange}
          onClose={() => void navigate({ search: {}, replace: true })}
        />
      )}
      {isInviting && <Invite onClose={() => setInviting(false)} />}
    </Page>
  );
}

function FactorBadge({ isOn }: { isOn: boolean }) {
  const { t } = useTranslation();
  return (
    <StateBadge tone={isOn ? "green" : "grey"} hint={isOn ? t("team.factorOnHint") : t("team.factorOffHint")}>
      {isOn ? t("team.factorOn") : t("team.factorOff")}
    </StateBadge>
  );
}

type Invitation = Schemas["Invitation"];

function Invitations({ rows, mayChange }: { rows: readonly Invitation[] | undefined; mayChange: boolean }) {
  const { t } = useTranslation();
  const { api } = useHere();
  const withdraw = useAct((id: string) => api.delete("/v1/invitations/{id}", { path: { id } }), { refresh: ["team"] });
  const button = ({ id, email }: Invitation) =>
    mayChange && (
      <Button
        variant="default"
        size="compact-sm"
        aria-label={t("team.withdrawOf", { email })}
        loading={withdraw.isPending && withdraw.variables === id}
        onClick={() => withdraw.mutate(id)}
      >
        {t("team.withdraw")}
      </Button>
    );
  return (
    <>
      {withdraw.error !== null && <Trouble error={withdraw.error} />}
      <DataTable
        label={t("team.open")}
        columns={[
          {
            id: "email",
            header: t("team.email"),
            cell: ({ email }) => <span style={{ fontWeight: 600 }}>{email}</span>,
          },
          { id: "role", header: t("team.role"), width: 130, cell: ({ role }) => <RoleBadge role={role} /> },
          { id: "works", header: t("team.works"), cell: (each) => <WorksFor {...each} /> },
          { id: "by", header: t("team.invitedBy"), width: 160, cell: ({ invited_by: by }) => by },
          {
            id: "expires",
            header: t("team.expires"),
            width: 120,
            cell: ({ expires_at: at }) => (
              <span className="dim">
                <Ago at={at} />
              </span>
            ),
          },
          { id: "withdraw", header: "", width: 110, isRight: true, cell: button },
        ]}
        rows={rows}
        rowId={({ id }) => id}
        nameOf={({ email }) => email}
        card={(each) => (
          <div className={classes["card"]}>
            <div>
              <span className="cut" style={{ fontWeight: 600 }}>
                {each.email}
              </span>
              {button(each)}
            </div>
            <div className="dim">
              <RoleBadge role={each.role} />
              <Ago at={each.expires_at} />
            </div>
          </div>
        )}
        empty={<Empty title={t("team.noInvitations")}>{t("team.noInvitationsHint")}</Empty>}
      />
    </>
  );
}
