// The pages behind a link: what stands after # is sent with the form, and leaves the address bar at once.
const form = document.getElementById("form");
const said = document.getElementById("said");
const about = document.getElementById("about");
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const door = {
  "set-up": { url: "/v1/set-up", done: "The account is made, and its workspace with it. You can close this page." },
  password: { url: "/v1/auth/password/reset", done: "The new password counts from now on. You can close this page." },
  "purchase-order": { url: "", done: "Thank you: the tracking number is entered. You can close this page." },
  invitation: { url: "/v1/invitations/accept", done: "You are a member now. You can close this page." },
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
  throw new Error(`${problem.detail} ${problem.next}`);
}

async function submit() {
  const body = isOrder ? {} : { token };
  for (const [name, value] of new FormData(form)) {
    const [group, inner] = name.split(".");
    if (inner === undefined) body[group] = value;
    else body[group] = { ...body[group], [inner]: value };
  }
  const button = form.querySelector("button");
  button.disabled = true;
  say("One moment…", false);
  try {
    await ask(door.url, body);
    form.remove();
    about.textContent = "";
    say(door.done, false);
  } catch (error) {
    say(error.message, true);
    button.disabled = false;
  }
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void submit();
});

const line = (text) => {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
};

async function showOrder() {
  const [found] = (await ask("/v1/desk")).fulfillment_orders;
  const order = await ask(`/v1/desk/${found.id}`);
  door.url = `/v1/fulfillment-orders/${order.id}/tracking`;
  const to = order.ship_to;
  const address = [to.company, to.name, to.line1, to.line2, `${to.postcode} ${to.city}`, to.region, to.country];
  const lines = order.lines.map(
    (each) => `${each.units - each.units_cancelled - each.units_shipped} × ${each.supplier_sku} (${each.title})`,
  );
  about.replaceChildren(
    line(`For order ${order.order_number}${order.reference === null ? "" : `, our reference ${order.reference}`}.`),
    line(`Still to be sent: ${lines.join("; ")}.`),
    line(
      `To: ${address.filter((part) => part.trim() !== "").join(", ")}${to.phone === "" ? "" : `. Phone: ${to.phone}`}`,
    ),
    ...(order.method === null ? [] : [line(`By: ${order.method}`)]),
    ...(order.ship_by === null ? [] : [line(`Ship by: ${order.ship_by.slice(0, 10)}`)]),
  );
}

if (token === "") say("This page is opened with a link that somebody gave you; here is none.", true);
else if (isOrder) showOrder().catch((error) => say(error.message, true));
else if (form.dataset.door === "invitation")
  ask("/v1/invitations/look", { token })
    .then((found) => {
      about.textContent = `You are invited to ${found.workspace} as ${found.role}, with the address ${found.email}. ${
        found.has_account ? "Type the password of your account." : "Make your account."
      }`;
      if (found.has_account) document.getElementById("name").closest("p").remove();
    })
    .catch((error) => say(error.message, true));
