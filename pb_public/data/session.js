// Who is signed in, and the ways in and out.
import { computed, effect, signal } from "../html.js";
import { language, languages, speak, timezone } from "../i18n/index.js";
import { ifMatch, pb } from "./pb.js";
import { forgetAll, renewShown } from "./query.js";
import { explain } from "./trouble.js";

/**
 * @typedef {object} User
 * @property {string} id
 * @property {string} email
 * @property {string} name
 * @property {string} phone
 * @property {string} country   ISO 3166, two letters
 * @property {string} avatar    file name
 * @property {"ru" | "en"} language
 * @property {string} timezone  IANA name
 * @property {"owner" | "manager"} role
 * @property {boolean} blocked
 * @property {boolean} awaiting_approval
 * @property {boolean} verified
 * @property {number} daily_quota
 * @property {string} slug            of the archive, "" without one
 * @property {boolean} archive_noindex
 * @property {string} created
 * @property {string} updated
 */

const users = () => pb.collection("users");

export const superusers = "_superusers";
const isAccount = (record) => ["users", superusers].includes(record?.collectionName);

/** The signed-in user, or null. A superuser has an id, an address and a language only. @type {import("../vendor/signals-core-1.14.5.js").Signal<User | null>} */
export const me = signal(/** @type {any} */ (pb.authStore.isValid && isAccount(pb.authStore.record) ? pb.authStore.record : null));

export const isManager = computed(() => me.value?.role === "manager");

/** Whether it is who runs the service, with an account of PocketBase's own. */
export const isSuperuser = computed(() => /** @type {any} */ (me.value)?.collectionName === superusers);

/** Whether pages and menu items that are for these are for who is here now. @param {string} [audience] as in routes.js; "demo" is not known here */
export function isFor(audience) {
  if (audience === "guest") return !me.value;
  if (audience === "user") return me.value !== null && !isSuperuser.value;
  if (audience === "manager") return isManager.value || isSuperuser.value;
  return audience !== "superuser" || isSuperuser.value;
}

/** Whether the session ended without the user asking for it; the sign-in page says so. */
export const ended = signal(false);

pb.authStore.onChange((token, record) => {
  const other = record?.id !== me.peek()?.id;
  if (other) forgetAll();
  me.value = /** @type {any} */ (token && record ? record : null);
});

// What the profile says about language and time zone wins over the browser's.
let followed = "";
effect(() => {
  const user = me.value;
  timezone.value = user?.timezone ?? "";
  if (user && user.id + user.language !== followed && user.language in languages) {
    followed = user.id + user.language;
    if (user.language !== language.peek()) speak(user.language);
  }
  // A superuser begins without one. Emails about problems of the service are in it.
  if (user && !user.language && isSuperuser.peek() && followed !== user.id) {
    followed = user.id;
    saveProfile({ language: language.peek() }).catch(() => {}); // the next time
  }
});

/** Where the admin UI of PocketBase is, and where it keeps its session. */
export const adminUI = { href: "_/", key: `__pb_superusers__${new URL("_", location.href).pathname}` };

export function signOut() {
  ended.value = false;
  if (isSuperuser.peek()) localStorage.removeItem(adminUI.key);
  pb.authStore.clear();
}

/** Sign out on every device: a new password or this is what ends other sessions. */
export async function signOutEverywhere() {
  await pb.send("/api/gonets/sign-out-everywhere", { method: "POST" });
  signOut();
}

/**
 * Look whether the session still holds and take over what has changed in the record.
 * A refused session ends here; a broken line does not end it.
 */
export async function refresh() {
  if (!pb.authStore.token) return;
  if (!pb.authStore.isValid) return expire();
  looking ??= pb.collection(isSuperuser.peek() ? superusers : "users").authRefresh();
  try {
    await looking;
  } catch (error) {
    if (["signedOut", "forbidden", "missing"].includes(explain(error).kind)) expire();
  } finally {
    looking = null;
  }
}

/** A look at the session that is under way: several answers may ask for one at once. @type {Promise<unknown> | null} */
let looking = null;

/** Take over what has changed in one's record: a role, an approval. Another role sees other data. @param {Partial<User>} record */
export function renewMe(record) {
  const before = me.peek();
  if (!before || record.id !== before.id) return;
  pb.authStore.save(pb.authStore.token, { ...before, ...record });
  if (record.role !== before.role) renewShown();
}

function expire() {
  pb.authStore.clear();
  ended.value = true;
}

export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";

/** Change some of one's own record. @param {Partial<User> | FormData} values @param {string} [version]  that was changed @returns {Promise<User>} */
export async function saveProfile(values, version) {
  const record = await pb.collection(isSuperuser.peek() ? superusers : "users").update(me.peek().id, values, ifMatch(version));
  pb.authStore.save(pb.authStore.token, record);
  return /** @type {any} */ (record);
}

/** One's own record as it is saved now. @returns {Promise<User>} */
export const readProfile = () => users().getOne(me.peek().id);

/** @param {string} oldPassword @param {string} password */
export async function changePassword(oldPassword, password) {
  const { id, email } = me.peek();
  await users().update(id, { oldPassword, password, passwordConfirm: password });
  // A new password ends all sessions, this one too.
  await users().authWithPassword(email, password);
}

/** Address of a user's picture, or "". @param {User} user */
export const avatarURL = (user) => (user.avatar ? pb.files.getURL(user, user.avatar, { thumb: "160x160" }) : "");

// Blocked by a manager, signed out elsewhere: an answer that says so ends the session here too. Lists
// say so in a header: what a guest may see of them is nothing.
pb.afterSend = (response, data) => {
  const refused = response.status === 401 || response.headers.get("Gonets-Session") === "ended";
  if (refused && pb.authStore.token && !response.url.includes("/auth-")) refresh();
  return data;
};
