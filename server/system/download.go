package system

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"souk/server/backup"
	"souk/server/platform/db"
	"souk/server/platform/web"
	"souk/shared/fault"
)

// Download gives an operator one backup as a single file, and nobody else.
func Download(server *web.Server, database *db.DB, folder string) echo.HandlerFunc {
	return func(ec echo.Context) error {
		ctx := ec.Request().Context()
		actor, err := server.Actor(ctx, Operate)
		if err != nil {
			return err
		}
		may := false
		err = database.Read(ctx, actor.Identity(), func(ctx context.Context, tx *db.Tx) (err error) {
			may, err = db.One[bool](ctx, tx, amOperator, db.Args{})
			return err
		})
		if err != nil {
			return err
		}
		if !may || byPIN(ctx) {
			return operatorsOnly()
		}
		one, err := backup.Find(folder, ec.Param("name"))
		if err != nil {
			return fault.NotFound("system.no_backup").Say("This backup is not there any more. Look at the list again.")
		}
		slog.InfoContext(ctx, "a backup is downloaded", "backup", one.Name, "tenant", actor.Tenant, "person", actor.Person, "ref", web.RequestID(ctx))
		header := ec.Response().Header()
		header.Set("Content-Type", "application/x-tar")
		header.Set("Content-Disposition", `attachment; filename="`+one.Name+`.tar"`)
		header.Set("Cache-Control", "no-store")
		// A large file over a slow line takes longer than any other answer.
		_ = http.NewResponseController(ec.Response()).SetWriteDeadline(time.Time{})
		ec.Response().WriteHeader(http.StatusOK)
		if err := one.Single(ec.Response()); err != nil {
			slog.WarnContext(ctx, "a download broke off", "backup", one.Name, "error", err)
		}
		return nil
	}
}
