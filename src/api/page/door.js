// The pages behind a link: what stands after # is sent with the form, and leaves the address bar at once.
const form = document.getElementById("form");
const said = document.getElementById("said");
const about = document.getElementById("about");
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const door = {
  "set-up": { url: "/v1/set-up", done: "The account is made, and its workspace with it. You can close this page." },
  password: { url: "/v1/auth/password/reset", done: "The new password counts from now on. You can close this page." },
  invitation: { url: "/v1/invitations/accept", done: "You are a member now. You can close this page." },
}[form.dataset.door];

const say = (text, isWrong) => {
  said.textContent = text;
  said.className = isWrong ? "wrong" : "";
};

async function post(url, body) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.ok) return answer.status === 204 ? {} : answer.json();
  const problem = await answer.json();
  throw new Error(`${problem.detail} ${problem.next}`);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = { token };
  for (const [name, value] of new FormData(form)) {
    const [group, inner] = name.split(".");
    if (inner === undefined) body[group] = value;
    else body[group] = { ...body[group], [inner]: value };
  }
  const button = form.querySelector("button");
  button.disabled = true;
  say("One moment…", false);
  try {
    await post(door.url, body);
    form.remove();
    about.textContent = "";
    say(door.done, false);
  } catch (error) {
    say(error.message, true);
    button.disabled = false;
  }
});

if (token === "") say("This page is opened with a link that somebody gave you; here is none.", true);
else if (form.dataset.door === "invitation")
  post("/v1/invitations/look", { token })
    .then((found) => {
      about.textContent = `You are invited to ${found.workspace} as ${found.role}, with the address ${found.email}. ${
        found.has_account ? "Type the password of your account." : "Make your account."
      }`;
      if (found.has_account) document.getElementById("name").closest("p").remove();
    })
    .catch((error) => say(error.message, true));
