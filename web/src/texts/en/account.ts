/** Showing who one is, once more. */
export const prove = {
  password: {
    title: "Show your password once more",
    why: "What touches people, keys or secrets needs a password that was shown within the last 15 minutes, so that nobody does it at a screen you left open. What you wanted is done right after.",
  },
  second_factor: {
    title: "This needs a second factor",
    why: "Secrets, payment means and limits are changed only by somebody whose account asks for a code besides the password. Set it up here; what you wanted is done right after.",
  },
  sign_in: {
    title: "Your session is over",
    why: "A session ends after 12 hours without use and after seven days, or when somebody ends it. Sign in again here: the page and what you typed stay.",
  },
  passwordOf: "Password of {{email}}",
  noApp: "Without your app: sign out, then sign in with a backup code.",
  goOn: "Go on",
  leave: "Leave it",
  notDone: "Nothing was done.",
  notDoneNext: "It needs what the dialog asked for. Press the button again to be asked once more.",
} as const;

export const visitor = {
  title: "You are the sandbox's visitor",
  signIn: "Sign in to do it in a workspace of your own.",
  own: "Do it in your own workspace.",
  setUp:
    "Your own workspace begins with the link that the server printed when it started; its first account may do all of this.",
} as const;

export const account = {
  title: "My account",
  help: "You, in every workspace you belong to: your name, how you sign in, where you are signed in. What you may do in a workspace is its owners' to say, on the page Team.",
  visitor:
    "Whoever sits at this machine may look at the sandbox and play with it, without an account: there is no name, password or session to change here. How the page looks is kept in this browser all the same.",
  you: "You",
  name: "Name",
  nameHint: "Others read it beside what you do.",
  email: "E-mail address",
  emailHint: "You sign in with it. It cannot be changed.",
  role: "Role here",
  save: "Save",
  saved: "Saved",
  password: "Password",
  passwordAbout:
    "A new password ends all your other sessions. Links to choose a new one that are still on their way end too.",
  current: "Present password",
  next: "New password",
  nextHint: "At least 8 characters of any kind. Three or four words that nobody would put together are good.",
  change: "Change the password",
  changed: "The new password counts from now on; your other sessions have ended.",
  factor: "Second factor",
  factorOn: "On",
  factorOff: "Off",
  factorOnHint: "Signing in asks for a code of your app besides the password.",
  factorOffHint: "A password alone opens this account.",
  factorAbout:
    "A code from an app on your phone, besides the password: whoever learns your password still cannot get in. Secrets, payment means and limits can be changed only with it.",
  setUp: "Set up a second factor",
  newCodes: "New backup codes",
  newCodesAbout: "Ten new codes; the old ones end at once.",
  remove: "Remove the second factor",
  removeAbout:
    "From then on the password alone opens this account, and you can no longer change secrets, payment means and limits.",
  sessions: "Where you are signed in",
  sessionsAbout: "End what you do not know; its next click finds no session. Then change your password.",
  thisOne: "This one",
  from: "From",
  signedIn: "signed in",
  used: "last used",
  end: "End",
  endOf: "End the session of {{browser}}",
  endOthers: "End all others",
  unknownBrowser: "Unknown program",
  onSystem: "{{browser}} on {{system}}",
  here: "This browser",
  hereAbout: "Kept in this browser only.",
  scheme: "Colours",
  schemes: { auto: "As the system", light: "Light", dark: "Dark" },
  density: "Rows of lists",
  densities: { dense: "Dense", comfortable: "Roomy" },
  letters: "Keys of one letter",
  lettersHint: "J, K, X, chords such as G O. Off: only keys with Ctrl or ⌘, and those in fields.",
  step: {
    begin: "Begin",
    scan: "Add it to your authenticator app: scan the square with the app's camera, open the link on this device, or type the secret.",
    qr: "QR code for your authenticator app",
    open: "Open in an app on this device",
    secret: "Secret",
    confirm: "Turn it on",
    codes: "Backup codes",
    codesAbout:
      "Each opens your account once, without the app. Keep them where you keep papers: print them or put them into a password manager. They are shown now and never again.",
    codesWhat: "the codes",
    kept: "I have kept them",
  },
} as const;
