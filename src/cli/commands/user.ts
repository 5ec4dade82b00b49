import { Secret } from "#domain/secret.ts";
import { publicId } from "#domain/ids.ts";
import { ownWorkspace } from "#engine/manage/first-start.ts";
import { endSessions, findUserByEmail, listUsers, removeSecondFactor, type User } from "#store/auth/user.ts";
import { membershipsOf } from "#store/member.ts";
import { listWorkspaces } from "#store/workspace.ts";
import { email as Email } from "#api/schemas.ts";
import { Problem } from "#api/problem.ts";
import { CliError, refused } from "../cli-error.ts";
import { command, group, run, type Work } from "../command.ts";
import { column, note, printJson, printList, write } from "../output.ts";
import { askSecrets } from "../secrets.ts";
import type { openSignInOf } from "../sign-in.ts";

/** Accounts of people. Whoever has the machine needs no account for this. */
export const userCommand = () =>
  group("user", "people's accounts: owners, password links, second factors")
    .addCommand(
      command({
        name: "create-owner <email>",
        about:
          "Make somebody the owner of a workspace, which is made where it is not there. Asks for the password of a new account.",
        examples: [
          "user create-owner anna@example.org --workspace acme --name 'Anna Kowalska'",
          "user create-owner anna@example.org --workspace acme --name Anna < password.txt",
        ],
        inWorkspace: false,
      })
        .requiredOption("-w, --workspace <name>", "the workspace: small letters, digits and hyphens")
        .option("--name <name>", "the person's name, for a new account")
        .option("--currency <code>", "of a new workspace", "EUR")
        .option("--zone <zone>", "of a new workspace: whose day a cap and a statement mean", "UTC")
        .action(
          run<{ workspace: string; name?: string; currency: string; zone: string }, [string]>(async (work, text) => {
            const { options, format } = work;
            const address = readEmail(text);
            await withSignIn(work, async ({ signIn, connection }) => {
              const known = await findUserByEmail(signIn.db, address);
              const user = known ?? (await newUser(signIn, address, options.name));
              const wish = { slug: options.workspace, settings: { currency: options.currency, zone: options.zone } };
              const made = await ownWorkspace(connection.manage, wish, user.id, async (slug) =>
                (await listWorkspaces(connection.db)).find((each) => each.slug === slug),
              );
              if (made.status === "refused") throw refused(made);
              const done = {
                user: publicId("user", user.id),
                email: address,
                workspace: made.value.slug,
                role: "owner",
              };
              if (format === "json") return printJson(done);
              note(`${address} is an owner of ${made.value.slug} and can sign in.`);
            });
          }),
        ),
    )
    .addCommand(
      command({
        name: "list",
        about: "All accounts of this installation, and their workspaces.",
        examples: ["user list"],
        inWorkspace: false,
      }).action(
        run(async (work) => {
          await withSignIn(work, async ({ signIn, connection }) => {
            const users = await listUsers(signIn.db);
            const rows = await Promise.all(
              users.map(async (user) => ({
                email: user.email,
                name: user.name,
                secondFactor: user.hasSecondFactor,
                workspaces: (await membershipsOf(connection.db, user.id)).map(({ slug, role }) => `${slug} (${role})`),
              })),
            );
            type Row = (typeof rows)[number];
            const columns = [
              column<Row>("e-mail", (each) => each.email),
              column<Row>("name", (each) => each.name),
              column<Row>("second factor", (each) => (each.secondFactor ? "yes" : "no")),
              column<Row>("workspaces", (each) => each.workspaces.join(", ")),
            ];
            const hint =
              "No account yet. Make the first: npx switchyard user create-owner E-MAIL --workspace NAME --name NAME";
            printList(work.format, rows, columns, { users: rows }, hint);
          });
        }),
      ),
    )
    .addCommand(
      command({
        name: "reset-password <email>",
        about: "Print a link with which that person chooses a new password, once, within an hour.",
        examples: ["user reset-password anna@example.org"],
        inWorkspace: false,
      }).action(
        run<object, [string]>(async (work, text) => {
          await withSignIn(work, async ({ signIn }) => {
            const user = await mustFind(signIn.db, text);
            const link = await signIn.passwordLink(user.email);
            if (link === undefined) throw new Error("there is an account, and no link was made for it");
            if (work.format === "json") return printJson({ email: user.email, link });
            write(`${link}\n`);
            note(`Give this link to ${user.email}, and to nobody else. It works once, for an hour.`);
          });
        }),
      ),
    )
    .addCommand(
      command({
        name: "remove-second-factor <email>",
        about: "For somebody who lost the authenticator app and the backup codes. All sessions of the account end.",
        examples: ["user remove-second-factor anna@example.org"],
        inWorkspace: false,
        prints: false,
      }).action(
        run<object, [string]>(async (work, text) => {
          await withSignIn(work, async ({ signIn }) => {
            const user = await mustFind(signIn.db, text);
            await signIn.db.tx(async (tx) => {
              await removeSecondFactor(tx, user.id);
              await endSessions(tx, user.id, null);
            });
            note(`${user.email} signs in with the password alone until a second factor is set up again.`);
          });
        }),
      ),
    );

type Opened = Awaited<ReturnType<typeof openSignInOf>>;
type Connected = Awaited<ReturnType<Work<object>["connect"]>>;

async function withSignIn<T>(
  { connect }: Pick<Work<object>, "connect">,
  work: (opened: { signIn: Opened; connection: Connected }) => Promise<T>,
): Promise<T> {
  const connection = await connect();
  const { openSignInOf: open } = await import("../sign-in.ts");
  const signIn = await open(connection, connection.engine.log);
  try {
    return await work({ signIn, connection });
  } catch (error) {
    if (error instanceof Problem) throw new CliError(error.body.detail, error.body.next);
    throw error;
  } finally {
    await signIn.close();
  }
}

function readEmail(text: string): string {
  const read = Email.safeParse(text);
  if (read.success) return read.data;
  throw new CliError(`"${text.slice(0, 80)}" is no e-mail address.`, "Expected one such as anna@example.org.", 2);
}

async function mustFind(db: Opened["db"], text: string): Promise<User> {
  const user = await findUserByEmail(db, readEmail(text));
  if (user !== undefined) return user;
  throw new CliError(
    `There is no account with the address ${text.slice(0, 80)}.`,
    "See them all: npx switchyard user list",
  );
}

async function newUser(signIn: Opened, email: string, name: string | undefined): Promise<User> {
  if (name === undefined || name.trim() === "")
    throw new CliError(
      "A new account needs the person's name.",
      "Give it with --name, such as --name 'Anna Kowalska'.",
      2,
    );
  const field = { title: "Password", help: "at least 8 characters of any kind", required: true } as never;
  const { password = new Secret("") } = await askSecrets([["password", field]]);
  const created = await signIn.createUser({ name: name.trim(), email, password });
  if (created === null)
    throw new CliError(`Somebody made an account for ${email} at this moment.`, "Run the command again.");
  return created;
}
