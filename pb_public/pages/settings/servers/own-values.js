// PocketBase's own mail settings as a form has them: here, and in the setup.
import { t } from "../../../i18n/index.js";

/** PocketBase knows two ways to encrypt: from the beginning, and if the server offers it. */
export const ownModes = ["starttls", "implicit"];

/** @param {any} settings  of PocketBase */
export const fromMailSettings = ({ smtp, meta }) => ({
  enabled: smtp.enabled,
  host: smtp.host,
  port: String(smtp.port || 587),
  tls: smtp.tls ? "implicit" : "starttls",
  username: smtp.username ?? "",
  password: "", // in no answer; an empty one keeps what is stored
  senderName: meta.senderName ?? "",
  senderAddress: meta.senderAddress ?? "",
});

/** @param {ReturnType<typeof fromMailSettings>} values */
export const toMailSettings = ({ enabled, host, port, tls, username, password, senderName, senderAddress }) => ({
  smtp: { enabled, host: host.trim(), port: Number(port), tls: tls === "implicit", username: username.trim(), ...(password && { password }) },
  meta: { senderName: senderName.trim(), senderAddress: senderAddress.trim() },
});

/** What is compared with what somebody else has saved. */
export const mailFields = () => ({
  host: { label: t("server.host") },
  port: { label: t("server.port") },
  tls: { label: t("server.tls"), show: (value) => t(`server.tls.${value}`) },
  username: { label: t("server.username") },
  senderAddress: { label: t("server.from_email") },
  senderName: { label: t("server.from_name") },
});
