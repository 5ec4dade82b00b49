import { useTranslation } from "../../i18n.ts";
import type { Schemas } from "../../app/api.ts";
import classes from "./imports.module.css";

type Problems = Schemas["ImportedFile"]["problems"];

/** Where in the file something is wrong: line and column, what stands there, what was expected. */
export function RowProblems({ problems }: { problems: Problems }) {
  const { t } = useTranslation();
  return (
    <ul className={classes["problems"]}>
      {problems.map((problem, index) => (
        <li key={index}>
          <strong>
            {[problem.line === 0 ? "" : t("setUp.imports.line", { line: problem.line }), problem.header]
              .filter((part) => part !== "")
              .join(", ")}
          </strong>{" "}
          {t("setUp.imports.found", {
            found: problem.found === "" ? t("setUp.imports.nothing") : `“${problem.found}”`,
            expected: problem.expected,
          })}
        </li>
      ))}
    </ul>
  );
}
