// Senders: what one may send mailings with.
import { api } from "./pb.js";

/** @typedef {{id: string, name: string, from_email: string, from_name: string}} Sender */

/** What one may send mailings with; default: the service's own mail settings. @param {AbortSignal} [signal] @returns {Promise<{senders: Sender[], default: boolean}>} */
export const usableSenders = (signal) => api("/senders", { signal });
