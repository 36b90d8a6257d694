// Pictures that come into the text by themselves: pasted, dropped, or within something pasted.
import { pictureCode, upload } from "../image-button.js";

/** Upload files and put them in at the cursor, one after another. @param {any} editor @param {File[]} files */
export async function insertPictures(editor, files) {
  for (const file of files) {
    const picture = await upload(file);
    // Nobody has said what is on them, so they count as decoration until somebody does.
    if (picture) editor.insertHTML(pictureCode({ ...picture, alt: "" }, "html"));
  }
}

/** Pictures that are written into pasted HTML byte by byte: mail programs do not show such. @param {DocumentFragment} fragment is about to be inserted */
export async function uploadEmbedded(fragment) {
  for (const image of [...fragment.querySelectorAll("img")].filter(({ src }) => src.startsWith("data:"))) {
    const file = fileOf(image.src);
    const picture = file && (await upload(file));
    if (!picture) {
      image.remove();
      continue;
    }
    image.src = picture.url;
    if (!image.hasAttribute("width")) image.setAttribute("width", String(picture.width));
    image.style.maxWidth = "100%";
    image.style.height = "auto";
    image.removeAttribute("height");
  }
}

/** @param {string} address data:image/png;base64,… @returns {File | null} */
function fileOf(address) {
  const found = /^data:(image\/[a-z+]+);base64,(.*)$/is.exec(address);
  if (!found) return null;
  try {
    const bytes = Uint8Array.from(atob(found[2].trim()), (char) => char.charCodeAt(0));
    return new File([bytes], `picture.${found[1].slice(6).replace("jpeg", "jpg")}`, { type: found[1] });
  } catch {
    return null;
  }
}

/** The pictures among files. @param {Iterable<File | null>} files */
export const picturesIn = (files) => [...files].filter((file) => file?.type.startsWith("image/"));
