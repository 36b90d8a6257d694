package deletion

import (
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/database"
	"gonets/internal/task"
)

// idBits is mailing.IDBits: the bits of recipients.id below the number of the contents.
const idBits = 32

// recipientsOfCall is how many recipients a call may have (transactional.MaxRecipients).
const recipientsOfCall = 100

// calls deletes the transactional e-mails of the deleted user: calls, their contents, recipients and files.
func calls(app core.App, t task.Task, limit int) (task.Step, bool, error) {
	most := max(1, limit/recipientsOfCall)
	var found []struct {
		No    int64  `db:"no"`
		ID    string `db:"id"`
		Files int    `db:"files"`
	}
	// By idx_transactional_owner.
	err := app.ConcurrentDB().NewQuery(`SELECT no, id, files FROM transactional WHERE owner = {:record} LIMIT {:most}`).
		Bind(dbx.Params{"record": t.Record, "most": most}).All(&found)
	if err != nil || len(found) == 0 {
		return task.Step{}, true, err
	}
	nos := []byte{'['}
	for _, c := range found {
		nos = append(fmt.Appendf(nos, "%d", c.No), ',')
		if c.Files == 0 {
			continue
		}
		if err := deleteFolder(app, "transactional/"+c.ID+"/"); err != nil {
			return task.Step{}, false, err
		}
	}
	params := dbx.Params{"nos": database.CloseArray(nos), "bits": idBits, "most": recipientsOfCall}
	const ofCalls = `SELECT r.id FROM json_each({:nos}) j CROSS JOIN recipients r ON r.id BETWEEN j.value << {:bits} AND (j.value << {:bits}) + {:most}`
	return task.Step{Write: func(db dbx.Builder) (rows int, err error) {
		for _, statement := range []string{
			`DELETE FROM transactional_data WHERE recipient IN (` + ofCalls + `)`,
			`DELETE FROM recipients WHERE id IN (` + ofCalls + `)`,
			`DELETE FROM contents WHERE no IN (SELECT value FROM json_each({:nos}))`,
			`DELETE FROM transactional WHERE no IN (SELECT value FROM json_each({:nos}))`,
		} {
			n, err := execute(statement, params)(db)
			if err != nil {
				return rows, err
			}
			rows += n
		}
		return rows, nil
	}}, len(found) < most, nil
}

// deleteFolder deletes the files of a folder of the storage. That is not done in a transaction: it cannot be rolled back.
func deleteFolder(app core.App, prefix string) error {
	if app.IsTransactional() {
		return task.ErrLater
	}
	storage, err := app.NewFilesystem()
	if err != nil {
		return fmt.Errorf("open the file storage: %w", err)
	}
	defer storage.Close()
	if errs := storage.DeletePrefix(prefix); len(errs) > 0 {
		return fmt.Errorf("delete the files in %s: %w", prefix, errors.Join(errs...))
	}
	return nil
}
