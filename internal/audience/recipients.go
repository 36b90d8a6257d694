package audience

// recipientsOfMailing is the FROM clause of the recipients, named r, of the mailing m; its WHERE has to say
// which mailing. Recipients and contents outlive a mailing for a while after it was deleted: they are found
// through the owner of the contents, so that a mailing with the id of a deleted one has none of them. (It is
// not launched while they are there.) It relies on idx_recipients_mailing_email.
const recipientsOfMailing = `mailings m
	JOIN contents k ON k.mailing = m.id AND k.owner = m.owner
	JOIN recipients r ON r.mailing = m.id`

// FirstRecipientSQL reads the client who comes first among the recipients of {:mailing}, in the order of their
// addresses.
const FirstRecipientSQL = `SELECT r.client FROM ` + recipientsOfMailing + ` WHERE m.id = {:mailing} ORDER BY r.email LIMIT 1`

// RecipientEmailSQL reads the address that {:mailing} went to for {:client}. There is no index for it: all
// recipients of the mailing are looked through.
const RecipientEmailSQL = `SELECT r.email FROM ` + recipientsOfMailing + ` WHERE m.id = {:mailing} AND r.client = {:client} LIMIT 1`
