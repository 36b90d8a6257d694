// The pages of superusers: the menu, home.
export default {
  "settings.title": "Settings",
  "settings.health": "Health",
  "settings.admin": "Open the admin UI",
  "settings.admin.text": "PocketBase’s own pages: collections, logs, everything that is not here. You are signed in there too.",
  "forUsers.title": "Not for administrators",
  "forUsers.head": "This page belongs to owners and managers",
  "forUsers.text": "An administrator has no clients and no mailings. Sign in as an owner or a manager to see them.",
  "overview.title": "Your service",
  "overview.lead": "How it does, and what needs you.",
  "overview.health": "All checks",
  "overview.fine": "Mailings are sent, nothing is waiting for you.",
};
