import { headlineOrder } from "#domain/lifecycle.ts";
import { group } from "../command.ts";
import { cancelCommand, holdCommand, releaseCommand, unholdCommand } from "./orders-act.ts";
import { createCommand, editCommand } from "./orders-write.ts";
import { listCommand, showCommand } from "./orders-read.ts";
import { placeCommand, resolveCommand } from "./orders-resolve.ts";

export const ordersCommand = () =>
  group("orders", "orders: what buyers bought, and what may be done about it")
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(createCommand())
    .addCommand(editCommand())
    .addCommand(holdCommand())
    .addCommand(unholdCommand())
    .addCommand(releaseCommand())
    .addCommand(placeCommand())
    .addCommand(cancelCommand())
    .addCommand(resolveCommand())
    .addHelpText("after", `\nStates: ${headlineOrder.join(", ")}`);
