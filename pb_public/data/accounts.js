// The ways to an account, and into it; the pages for guests need them.
import { language } from "../i18n/index.js";
import { getTokenPayload, pb } from "./pb.js";
import { browserZone, ended, superusers } from "./session.js";

/** Of passwords, in characters: what PocketBase asks for. */
export const shortestPassword = 8;

const users = () => pb.collection("users");

/**
 * Users and superusers have accounts of two kinds. What the first kind refuses is tried with the other: nobody has to know which one is theirs.
 * @param {string} email @param {string} password @param {boolean} [asSuperuser]  try this kind first: both accounts may have the same address and password
 */
export async function signIn(email, password, asSuperuser = false) {
  const [first, second] = asSuperuser ? [superusers, "users"] : ["users", superusers];
  const enter = (collection) => pb.collection(collection).authWithPassword(email.trim(), password);
  await enter(first).catch((error) => {
    if (error.status !== 400) throw error;
    return enter(second);
  });
  ended.value = false;
}

/** Send the code of a second factor by email: what names it when it is entered. @param {string} collection @param {string} email */
export const askCode = async (collection, email) => (await pb.collection(collection).requestOTP(email)).otpId;

/** @param {string} collection @param {string} id  of the code @param {string} code @param {string} mfaId  what the password was worth */
export async function enterCode(collection, id, code, mfaId) {
  await pb.collection(collection).authWithOTP(id, code, { mfaId });
  ended.value = false;
}

/**
 * Register and ask for the verification mail, which PocketBase does not send by itself.
 * @param {{name: string, email: string, password: string}} values
 */
export async function register({ name, email, password }) {
  const address = email.trim();
  await users().create({ name, email: address, password, passwordConfirm: password, language: language.peek(), timezone: browserZone() });
  await askVerification(address);
}

/** @param {string} email */
export const askVerification = (email) => users().requestVerification(email.trim());
/** @param {string} token */
export const verify = (token) => users().confirmVerification(token);
/** The address that the token of one of our letters is about, so that it need not be typed; "" when there is none. @param {string} token */
export function emailIn(token) {
  const { newEmail, email = "" } = getTokenPayload(token);
  return String(newEmail ?? email);
}

/** @param {string} email */
export const askPasswordReset = (email) => users().requestPasswordReset(email.trim());
/** @param {string} token @param {string} password */
export const resetPassword = (token, password) => users().confirmPasswordReset(token, password, password);
/** @param {string} email */
export const askEmailChange = (email) => users().requestEmailChange(email.trim());
/** The password proves that the new address is wanted by the account's owner. @param {string} token @param {string} password */
export const confirmEmailChange = (token, password) => users().confirmEmailChange(token, password);
