// A process that uses the store of the folder in its first argument, for test/../src/store/server.test.ts: says "open" once it is open, leaves
// at the first line of its input, says "closed". Killed, it leaves nothing in order.
import { once } from "node:events";
import { openStore } from "#store/server.ts";

const store = await openStore({ dataDir: process.argv[2] ?? "", env: {} });
console.log("open");
await once(process.stdin, "data");
await store.close();
console.log("closed");
process.exit(0);
