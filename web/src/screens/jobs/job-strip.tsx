import { Button, CloseButton, Modal, Progress } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../i18n.ts";
import { formatCount } from "../../parts/format.ts";
import classes from "./jobs.module.css";
import { jobDone, JobView, useJob } from "./job-view.tsx";

/** A job that was started here, as far as it is, while its reader goes on. */
export function JobStrip({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: job } = useJob(id);
  const [isOpen, setOpen] = useState(false);
  if (job === undefined) return null;
  return (
    <div className={classes["strip"]} role="status">
      <span>{t(`jobs.action.${job.action}`)}</span>
      <Progress
        w={120}
        value={jobDone(job)}
        animated={job.state === "running"}
        color={job.rows.refused > 0 ? "red" : "rail"}
        aria-label={t("jobs.progress")}
      />
      <span className="num">
        {t("jobs.short", {
          done: formatCount(job.orders - job.rows.waiting),
          orders: formatCount(job.orders),
          refused: formatCount(job.rows.refused),
        })}
      </span>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t("jobs.details")}
      </Button>
      <CloseButton size={28} onClick={onClose} />
      {isOpen && (
        <Modal
          opened
          onClose={() => setOpen(false)}
          title={t(`jobs.action.${job.action}`)}
          size="lg"
          closeButtonProps={{ "aria-label": t("shell.close") }}
        >
          <JobView id={id} />
        </Modal>
      )}
    </div>
  );
}
