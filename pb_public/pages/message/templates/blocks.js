// What the ready-made letters are built of: tables and inline styles, because that is what mail programs understand.

const font = "font-family:Arial,Helvetica,sans-serif";
const attributes = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"';

/** The whole letter: rows on one sheet. @param {string[]} rows */
export const sheet = (rows) => `<table ${attributes} style="background:#ffffff;border:1px solid #e4e5ea;border-radius:12px;${font};color:#22252d">\n${rows.join("\n")}\n</table>`;

/** Air that every mail program keeps: some forget the padding of a last cell. */
const gap = '<tr><td height="16" style="height:16px;font-size:0;line-height:16px">&nbsp;</td></tr>';

/** @param {string} inside @param {string} [style] of the cell, beside its padding */
const row = (inside, style = "padding:8px 32px") => `<tr><td style="${style}">${inside}</td></tr>`;

/** The head: who writes. @param {string} name @param {string} color */
export const band = (name, color) => row(`<b>${name}</b>`, `padding:20px 32px;background:${color};border-radius:11px 11px 0 0;color:#ffffff;font-size:18px;line-height:24px`);

/** A coloured field with few large words. @param {string} small @param {string} large @param {string} color */
export const hero = (small, large, color) =>
  row(
    `<p style="margin:0 0 8px;font-size:14px;line-height:20px;color:#ffffff">${small}</p><h1 style="margin:0;font-size:34px;line-height:40px;color:#ffffff">${large}</h1>`,
    `padding:40px 32px;background:${color};border-radius:11px 11px 0 0;text-align:center`,
  );

/** @param {string} words */
export const title = (words) => row(`<h1 style="margin:0;font-size:26px;line-height:32px;color:#16181d">${words}</h1>`, "padding:28px 32px 4px");

/** @param {string} words */
export const subtitle = (words) => row(`<h2 style="margin:0;font-size:18px;line-height:24px;color:#16181d">${words}</h2>`, "padding:16px 32px 0");

/** @param {...string} paragraphs */
export const text = (...paragraphs) => row(paragraphs.map((words) => `<p style="margin:0 0 12px;font-size:16px;line-height:25px">${words}</p>`).join(""), "padding:16px 32px 0");

/** @param {string} words @param {string} link @param {string} color */
export const button = (words, link, color) =>
  row(`<a href="${link}" style="display:inline-block;padding:13px 26px;border-radius:8px;background:${color};color:#ffffff;font-size:16px;line-height:20px;font-weight:bold;text-decoration:none">${words}</a>`, "padding:12px 32px 20px");

/** When, where, how much. @param {[string, string][]} lines */
export const facts = (lines) =>
  row(
    `<table ${attributes} style="background:#f5f6f9;border-radius:8px">${lines
      .map(([name, value]) => `<tr><td width="34%" style="padding:10px 16px;font-size:14px;line-height:20px;color:#555b69">${name}</td><td style="padding:10px 16px;font-size:15px;line-height:20px"><b>${value}</b></td></tr>`)
      .join("")}</table>`,
    "padding:12px 32px",
  );

/** A piece of news with where to read on. @param {string} head @param {string} words @param {string} more @param {string} link @param {string} color */
export const story = (head, words, more, link, color) =>
  row(
    `<h2 style="margin:0 0 6px;font-size:18px;line-height:24px;color:#16181d">${head}</h2><p style="margin:0 0 8px;font-size:15px;line-height:23px">${words}</p><p style="margin:0;font-size:15px;line-height:23px"><a href="${link}" style="color:${color};font-weight:bold">${more}</a></p>`,
    "padding:20px 32px;border-top:1px solid #e4e5ea",
  );

/** Who writes and how to leave. @param {string} who @param {string} view @param {string} leave */
export const foot = (who, view, leave) =>
  `${gap}\n` +
  row(
    `<p style="margin:0 0 4px;font-size:13px;line-height:19px;color:#676d7e">${who}</p><p style="margin:0;font-size:13px;line-height:19px;color:#676d7e"><a href="{{ view_url }}" style="color:#676d7e">${view}</a> · <a href="{{ unsubscribe_url }}" style="color:#676d7e">${leave}</a></p>`,
    "padding:20px 32px 24px;border-top:1px solid #e4e5ea",
  );
