// Whose data it is: for managers, who see everybody's.
import { pb } from "./pb.js";
import { useQuery } from "./query.js";
import { isFor } from "./session.js";

/** @typedef {{id: string, name: string, email: string}} Owner */

/** More than anybody chooses from by eye; others are found through the list of users. */
const offered = 500;

/** Users by name, for a manager or a superuser to choose from; nobody for others. @returns {Owner[]} */
export function useOwners() {
  const owners = useQuery(isFor("manager") ? ["users", "owners"] : null, async (signal) => (await pb.collection("users").getList(1, offered, { sort: "name,email", fields: "id,name,email", skipTotal: true, signal })).items);
  return owners.data ?? [];
}
