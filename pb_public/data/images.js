// Pictures shown in letters: kept by the server, public by a name that nobody can guess.
import { pb } from "./pb.js";

/** What the server takes, in bytes. */
const largest = 5 << 20;

/** A letter is 600 pixels wide; twice that is sharp on every screen. */
const widest = 1200;

/**
 * Upload a picture; a large one is made smaller first.
 * @param {File} file @returns {Promise<{url: string, width: number}>} width: to be shown with, in pixels
 */
export async function uploadImage(file) {
  const { picture, width } = await fit(file);
  const record = await pb.collection("images").create({ file: picture });
  // Recipients read the letter elsewhere: the address is the public one, not that of this window.
  return { url: record.url || pb.files.getURL(record, record.file), width };
}

/** @param {File} file */
async function fit(file) {
  const bitmap = await createImageBitmap(file);
  const width = Math.min(bitmap.width, widest / 2);
  // Moving pictures would stand still after being drawn anew.
  if (file.type === "image/gif" || (bitmap.width <= widest && file.size <= largest / 10)) return { picture: file, width };
  const scale = Math.min(1, widest / bitmap.width);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const type = file.type === "image/png" ? "image/png" : "image/jpeg";
  const blob = await new Promise((done) => canvas.toBlob(done, type, 0.85));
  const name = `${file.name.replace(/\.[^.]*$/, "")}.${type === "image/png" ? "png" : "jpg"}`;
  return { picture: blob && blob.size < file.size ? new File([blob], name, { type }) : file, width };
}
