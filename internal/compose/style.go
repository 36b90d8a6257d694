package compose

// ownStyle is the style of e-mails in Markdown and plain text. Their colors are ours, so they can follow the reader's
// dark mode. An HTML fragment has colors of its own.
const ownStyle = `<meta name="color-scheme" content="light dark">
<style>
:root{color-scheme:light dark}
body{background:#ffffff;color:#1f2328}
h1,h2,h3{line-height:1.25;margin:1.4em 0 .5em}
h1{font-size:26px}h2{font-size:21px}h3{font-size:18px}
p,ul,ol,pre,table,blockquote{margin:0 0 1em}
a{color:#0b57d0}
img{max-width:100%;height:auto;border:0}
blockquote{padding-left:14px;border-left:3px solid #d0d7de}
code,pre{font-family:Consolas,Menlo,monospace;font-size:14px}
pre{overflow:auto;padding:12px;background:#f4f5f7}
.footer,.footer a{color:#6b7280}
hr{border:0;border-top:1px solid #d0d7de;margin:24px 0}
.letter table{border-collapse:collapse}
.letter th,.letter td{padding:6px 10px;border:1px solid #d0d7de;text-align:left}
@media (prefers-color-scheme:dark){
body{background:#16181c;color:#e6e8eb}
a{color:#8ab4f8}
.footer,.footer a{color:#9aa3ad}
pre{background:#22252b}
blockquote,hr,.letter th,.letter td{border-color:#3a3f47}
}
</style>
`
