// Pictures that come into the text by themselves: pasted, dropped, or within something pasted.
import { isChip } from "./chips.js";
import { pictureCode, upload } from "../image-button.js";

/**
 * Pictures pasted, dropped, selected and deleted. A picture that is selected takes every key of the page, which nobody
 * expects: only those that are about it stay with it.
 * @param {any} editor @param {HTMLElement} sheet around the editor @param {(image: HTMLImageElement) => void} onOpen its looks are to be changed
 * @returns {() => void} stops listening
 */
export function bindPictures(editor, sheet, onOpen) {
  // A click beside a picture ends its selection.
  const unselect = () => sheet.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  const open = (image) => {
    unselect();
    onOpen(image);
  };
  const keys = { Enter: open, Backspace: (image) => removePicture(editor, image), Delete: (image) => removePicture(editor, image) };
  const onKey = (event) => {
    const image = /** @type {HTMLImageElement | null} */ (sheet.querySelector("img[tabindex='-1']"));
    if (!image || /^(Arrow.*|Shift|Control|Meta|Alt)$/.test(event.key)) return;
    unselect();
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key](image);
  };
  addEventListener("keydown", onKey, true);
  editor.addEventListener("dblclick", ({ target }) => target instanceof HTMLImageElement && !isChip(target) && open(target));
  // The clipboard is emptied as soon as this returns.
  editor.addEventListener("pasteImage", ({ detail }) => insertPictures(editor, picturesIn([...detail.clipboardData.items].map((item) => item.getAsFile()))));
  editor.addEventListener("willPaste", ({ detail }) => uploadEmbedded(detail.fragment));
  editor.addEventListener("drop", (event) => {
    const files = picturesIn(event.dataTransfer.files);
    if (files.length === 0) return;
    event.preventDefault();
    insertPictures(editor, files);
  });
  return () => removeEventListener("keydown", onKey, true);
}

/** Take one picture out, and nothing around it; it can be undone. @param {any} editor @param {HTMLImageElement} image */
export function removePicture(editor, image) {
  editor.saveUndoState();
  const range = document.createRange();
  range.setStartBefore(image);
  range.collapse(true);
  const line = image.parentElement;
  image.remove();
  if (!line.hasChildNodes()) line.append(document.createElement("br"));
  editor.focus();
  editor.setSelection(range);
}

/** Upload files and put them in at the cursor, one after another. @param {any} editor @param {File[]} files */
async function insertPictures(editor, files) {
  for (const file of files) {
    const picture = await upload(file);
    // Nobody has said what is on them, so they count as decoration until somebody does.
    if (picture) editor.insertHTML(pictureCode({ ...picture, alt: "" }, "html"));
  }
}

/** Pictures that are written into pasted HTML byte by byte: mail programs do not show such. @param {DocumentFragment} fragment is about to be inserted */
async function uploadEmbedded(fragment) {
  for (const image of [...fragment.querySelectorAll("img")].filter((image) => image.src.startsWith("data:") && !isChip(image))) {
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
const picturesIn = (files) => [...files].filter((file) => file?.type.startsWith("image/"));
