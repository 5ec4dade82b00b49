import { buildProgram } from "./program.ts";

const args = process.argv.slice(2);
// Who reads us may have enough before we are done.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});
const program = await buildProgram(args);
await program.parseAsync(args, { from: "user" });
