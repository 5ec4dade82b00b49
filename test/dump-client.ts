// `npm run client`: writes client/schema.d.ts from the description that the server makes of its schemas.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { apiDescription } from "./api-description.ts";
import { clientTypes, formatted } from "./client-types.ts";

const path = join(import.meta.dirname, "../client/schema.d.ts");
await writeFile(path, await formatted(clientTypes(await apiDescription())));
