// `npm run client`: writes client/schema.d.ts from the description that the server makes of its schemas.
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { apiDescription } from "./api-description.ts";
import { clientTypes } from "./client-types.ts";

const root = join(import.meta.dirname, "..");
const path = join(root, "client", "schema.d.ts");
await writeFile(path, clientTypes(await apiDescription()));
spawnSync(join(root, "node_modules", ".bin", "oxfmt"), [path], { stdio: "inherit" });
