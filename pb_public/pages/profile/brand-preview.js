import { html } from "../../html.js";
import { t } from "../../i18n/index.js";
import { logoOf } from "../../data/brand.js";

/** The colour of buttons when the owner has none. */
export const gonetsColour = "#3b53e0";

/**
 * The head and the button of a reader's page, and the footer of an email.
 * @param {{values: {name: string, site: string, postal_address: string, colour: string}, brand: import("../../data/brand.js").Brand | null}} props brand: as it is saved
 */
export function BrandPreview({ values: { name, site, postal_address: address, colour }, brand }) {
  const shade = /^#[0-9a-f]{6}$/i.test(colour) ? colour : gonetsColour;
  const footer = [name || site, address].filter(Boolean).join(" · ");
  return html`
    <figure class="brand-preview">
      <figcaption>${t("brand.preview")}</figcaption>
      <div class="row">
        ${brand?.logo && html`<img src=${logoOf(brand)} alt="" />`}
        <b>${name || t("brand.name.none")}</b>
      </div>
      <div><span class="brand-button" style=${{ background: shade, color: inkOn(shade) }}>${t("brand.preview.button")}</span></div>
      <p class="faint">${address ? footer : t("brand.preview.none")}</p>
    </figure>
  `;
}

/** Black or white, whichever is easier to read on a colour: as internal/brand chooses it. @param {string} colour */
function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const c = parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}
