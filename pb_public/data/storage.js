// How much room one's files take.
import { api } from "./pb.js";
import { useQuery } from "./query.js";
import { me } from "./session.js";

/** Bytes that one's pictures, attachments and reports take, and may take. */
export function useStorage() {
  return useQuery(["storage", me.value?.id ?? ""], (signal) => /** @type {Promise<{used: number, limit: number}>} */ (api("/storage", { signal })));
}
