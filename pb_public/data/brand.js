// What readers recognise an owner by.
import { ifMatch, pb, where } from "./pb.js";
import { stale, useQuery } from "./query.js";
import { me } from "./session.js";

/** @typedef {{id: string, name: string, site: string, postal_address: string, colour: string, logo: string, updated: string}} Brand */

const brands = () => pb.collection("brands");

/** @param {AbortSignal} [signal] @returns {Promise<Brand | null>} */
export async function readBrand(signal) {
  const { items } = await brands().getList(1, 1, { filter: where("owner = {:owner}", { owner: me.peek().id }), skipTotal: true, signal });
  return items[0] ?? null;
}

/** One's own brand; null before it is first saved. */
export const useBrand = () => useQuery(["brand", me.value?.id ?? ""], readBrand);

/**
 * @param {string} id  "" for the first time
 * @param {Partial<Brand> | {logo: File | null}} values @param {string} [version]  that was changed @returns {Promise<Brand>}
 */
export async function saveBrand(id, values, version) {
  const saved = await (id ? brands().update(id, values, ifMatch(version)) : brands().create(values));
  stale("brand");
  return /** @type {any} */ (saved);
}

/** Where the logo is shown from. @param {Brand} brand */
export const logoOf = (brand) => pb.files.getURL(/** @type {any} */ (brand), brand.logo, { thumb: "0x96" });
