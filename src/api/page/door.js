// The pages behind a link: what stands after # is sent with the form, and leaves the address bar at once.
const form = document.getElementById("form");
const said = document.getElementById("said");
const about = document.getElementById("about");
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const door = {
  "set-up": { url: "/v1/set-up", done: "The account is made, and its workspace with it. One moment…" },
  password: { url: "/v1/auth/password/reset", done: "The new password counts from now on." },
  "purchase-order": { url: "", done: "Thank you: the tracking number is entered. You can close this page." },
  invitation: { url: "/v1/invitations/accept", done: "You are a member now. One moment…" },
}[form.dataset.door];

const say = (text, isWrong) => {
  said.textContent = text;
  said.className = isWrong ? "wrong" : "";
};

/** A link for one purchase order is what asks; the other links are in the body. */
const isOrder = form.dataset.door === "purchase-order";

async function ask(url, body) {
  const answer = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(isOrder ? { authorization: `Link ${token}` } : {}),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.ok) return answer.status === 204 ? {} : answer.json();
  const problem = await answer.json();
  throw Object.assign(new Error(`${problem.detail} ${problem.next}`), { code: problem.code });
}

async function submit() {
  const body = isOrder ? {} : { token };
  for (const [name, value] of new FormData(form)) {
    if (isOrder && value === "") continue;
    const [group, inner] = name.split(".");
    if (inner === undefined) body[group] = value;
    else body[group] = { ...body[group], [inner]: value };
  }
  const button = form.querySelector("button");
  button.disabled = true;
  say("One moment…", false);
  try {
    const answer = await ask(door.url, isOrder && form.dataset.sure !== undefined ? { ...body, sure: true } : body);
    over(door.done);
    if (form.dataset.door === "set-up") await goIn(body);
    if (form.dataset.door === "invitation")
      await goIn({ email: invited, password: body.password, workspace: { slug: answer.workspace } });
    if (form.dataset.door === "password") said.after(onward("Sign in", "/sign-in"));
  } catch (error) {
    say(error.message, true);
    button.disabled = false;
    if (error.code === "tracking_not_accepted") insist(button);
  }
}

/** A role as people call it; the others are words already. */
const roleNames = { prep: "prep centre", staff: "member of staff" };

/** The address that an invitation is for. */
let invited = "";

/** Whoever has just made the account goes into its workspace with it: nobody types the same password twice. */
async function goIn({ email, password, workspace }) {
  const isIn = await ask("/v1/auth/sign-in", { email, password }).then(
    ({ status }) => status === "signed_in",
    () => false,
  );
  location.assign(isIn ? `/${workspace.slug}` : `/sign-in?to=/${workspace.slug}`);
}

function onward(text, to) {
  const made = make("a", "button", text);
  made.href = to;
  return made;
}

function over(text) {
  form.remove();
  about.replaceChildren();
  document.getElementById("others")?.remove();
  say(text, false);
}

/** The number looks wrong: pressing the button once more says that it is right. */
function insist(button) {
  form.dataset.sure = "";
  button.textContent = "The number is right";
  form.addEventListener(
    "input",
    () => {
      delete form.dataset.sure;
      button.textContent = "It has left";
    },
    { once: true },
  );
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void submit();
});

/** An element with a class and what is in it; texts stay texts. */
function make(tag, name, ...children) {
  const made = document.createElement(tag);
  if (name !== "") made.className = name;
  made.append(...children);
  return made;
}
function button(label, run) {
  const made = make("button", "quiet", label);
  made.type = "button";
  made.addEventListener("click", () => run(made));
  return made;
}
/** Only where the browser has a clipboard for pages: over https, or on this machine. */
const copying = (text) =>
  navigator.clipboard === undefined
    ? ""
    : button("Copy", (made) => {
        void navigator.clipboard.writeText(text).then(() => (made.textContent = "Copied"));
      });

async function showOrder() {
  const [found] = (await ask("/v1/desk")).fulfillment_orders;
  const order = await ask(`/v1/desk/${found.id}`);
  const at = `/v1/fulfillment-orders/${order.id}`;
  door.url = `${at}/tracking`;
  document.querySelector("h1").textContent = `Purchase order ${order.order_number}`;
  document.title = `Purchase order ${order.order_number} · Switchyard`;
  const to = order.ship_to;
  const address = [
    to.name,
    to.company,
    to.line1,
    to.line2,
    `${to.postcode} ${to.city}`,
    to.region,
    new Intl.DisplayNames(["en"], { type: "region" }).of(to.country),
  ].filter((part) => part.trim() !== "");
  const items = order.lines
    .map((each) => ({ ...each, left: each.units - each.units_cancelled - each.units_shipped }))
    .filter((each) => each.left > 0)
    .map((each) =>
      make(
        "li",
        "",
        make("strong", "units", `${each.left} ×`),
        make("span", "", make("b", "", each.title), make("span", "dim", each.supplier_sku)),
      ),
    );
  const facts = [
    ["Our reference", order.reference],
    ["Ship with", order.method],
    [
      "Ship by",
      order.ship_by === null
        ? null
        : new Date(order.ship_by).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" }),
    ],
    ["Phone", to.phone],
  ].filter(([, value]) => value !== null && value !== "");
  about.replaceChildren(
    make("h2", "", "To be sent"),
    make("ul", "items", ...items),
    make("div", "beside", make("h2", "", "Send to"), copying(address.join("\n"))),
    make("address", "", ...address.map((each) => make("span", "", each))),
    make("dl", "", ...facts.flatMap(([label, value]) => [make("dt", "", label), make("dd", "", value)])),
  );
  form.before(make("h2", "", "When it has left"));
  form.after(said, otherAnswers(order, at));
}

/** What a supplier says besides "it has left": yes, later, no. */
function otherAnswers({ actions }, at) {
  const others = make("section", "");
  others.id = "others";
  const answer = async (made, url, body, done) => {
    made.disabled = true;
    try {
      await ask(url, body);
      return done();
    } catch (error) {
      say(error.message, true);
      made.disabled = false;
    }
  };
  if (actions.accept.allowed)
    others.append(
      button("We accept this order", (made) =>
        answer(made, `${at}/accept`, {}, () => {
          made.remove();
          say("Thank you: it is accepted. Come back with the tracking number when it has left.", false);
        }),
      ),
    );
  if (actions.cannot_send.allowed) {
    const reason = make("select", "");
    reason.id = "reason";
    for (const [value, text] of [
      ["out_of_stock", "Out of stock"],
      ["supplier_refused", "We do not take this order"],
      ["destination_not_served", "We do not ship there"],
    ])
      reason.append(new Option(text, value));
    const day = make("input", "");
    day.id = "day";
    day.type = "date";
    const label = (text, field) => {
      const made = make("label", "", text);
      made.htmlFor = field.id;
      return made;
    };
    others.append(
      make(
        "details",
        "",
        make("summary", "", "We cannot send it"),
        make("p", "", label("Why", reason), reason),
        make(
          "p",
          "",
          label("It comes later, on", day),
          day,
          make("small", "dim", "Empty: it does not come at all, and is bought elsewhere."),
        ),
        button("Tell them", (made) => {
          const until = day.value === "" ? {} : { until: new Date(`${day.value}T23:59:59`).toISOString() };
          return answer(made, `${at}/cannot-send`, { reason: reason.value, ...until }, () => {
            if (day.value === "") return over("Thank you: they know, and buy it elsewhere. You can close this page.");
            made.disabled = false;
            say("Thank you: they know the day. Come back with the tracking number when it has left.", false);
          });
        }),
      ),
    );
  }
  return others;
}

if (token === "") say("This page is opened with a link that somebody gave you; here is none.", true);
else if (isOrder) showOrder().catch((error) => say(error.message, true));
else if (form.dataset.door === "invitation")
  ask("/v1/invitations/look", { token })
    .then((found) => {
      invited = found.email;
      about.textContent = `You are invited to ${found.workspace} as ${roleNames[found.role] ?? found.role}, with the address ${found.email}. ${
        found.has_account ? "Type the password of your account." : "Make your account."
      }`;
      if (found.has_account) document.getElementById("name").closest("p").remove();
    })
    .catch((error) => say(error.message, true));
