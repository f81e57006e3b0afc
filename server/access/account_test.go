package access_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"souk/server/access"
	"souk/server/factors"
	"souk/server/tenants"
	"souk/server/users"
	"souk/shared/wire"
)

// employs has the owner of a shop take on the owner of the other, whose letter is
// the n-th.
func (s *street) employs(slug, other string, role wire.Role, n int) desk {
	s.t.Helper()
	read[access.Invitation](s.t, s.owner(slug).ask("POST", "/invitations", invitation("owner@"+other+".example", role)))
	return s.entered(slug, s.at(slug, "").ask("POST", "/invitation/acceptance", accept(s.secretOf(n, "invitation"), password)))
}

func (s *street) visits(from desk, slug string) desk {
	s.t.Helper()
	way := read[users.Way](s.t, from.ask("POST", "/account/visits", users.Visit{Slug: slug}))
	require.NotEmpty(s.t, way.Ticket)
	return s.entered(slug, s.at(slug, "").ask("POST", "/session/ticket", users.TicketIn{Ticket: way.Ticket}))
}

func TestOnePersonGoesFromShopToShop(t *testing.T) {
	s := newStreet(t)
	require.Equal(t, []users.OwnShop{{Slug: "bakery", Name: "The bakery", Here: true}},
		read[wire.Page[users.OwnShop]](t, s.owner("bakery").ask("GET", "/account/shops", nil)).Rows)
	s.employs("garage", "bakery", wire.SalesManager, 1)
	owner := s.owner("bakery")
	require.Equal(t, []users.OwnShop{{Slug: "bakery", Name: "The bakery", Here: true}, {Slug: "garage", Name: "The garage"}},
		read[wire.Page[users.OwnShop]](t, owner.ask("GET", "/account/shops", nil)).Rows)

	there := s.visits(owner, "garage")
	require.Equal(t, wire.SalesManager, read[users.Session](t, there.ask("GET", "/session", nil)).User.Role)
	require.Equal(t, wire.Owner, read[users.Session](t, owner.ask("GET", "/session", nil)).User.Role)
	refused(t, "people.no_such_shop", s.owner("garage").ask("POST", "/account/visits", users.Visit{Slug: "bakery"}))

	way := read[users.Way](t, owner.ask("POST", "/account/visits", users.Visit{Slug: "garage"}))
	refused(t, "auth.ticket_spent", s.at("bakery", "").ask("POST", "/session/ticket", users.TicketIn{Ticket: way.Ticket}))
	s.late += 3 * time.Minute
	refused(t, "auth.ticket_spent", s.at("garage", "").ask("POST", "/session/ticket", users.TicketIn{Ticket: way.Ticket}))
}

func TestGoingToAnotherShopProvesNothingAnew(t *testing.T) {
	s := newStreet(t)
	s.employs("garage", "bakery", wire.Owner, 1)
	owner := s.owner("bakery")
	rules := factors.Rules{Roles: []wire.Role{}}
	require.Equal(t, http.StatusOK, s.visits(owner, "garage").ask("PUT", "/sign-in-rules", rules).Code)
	s.late += 11 * time.Minute
	refused(t, "auth.prove_again", s.visits(owner, "garage").ask("PUT", "/sign-in-rules", rules))
}

func TestAShopThatWantsASecondStepGivesNoTicket(t *testing.T) {
	s := newStreet(t)
	s.employs("garage", "bakery", wire.SalesManager, 1)
	require.Equal(t, http.StatusOK, s.owner("garage").ask("PUT", "/sign-in-rules", factors.Rules{Roles: []wire.Role{wire.SalesManager}}).Code)
	way := read[users.Way](t, s.owner("bakery").ask("POST", "/account/visits", users.Visit{Slug: "garage"}))
	require.Equal(t, users.Way{Slug: "garage"}, way)
}

func TestWhoLeftGoesNowhere(t *testing.T) {
	s := newStreet(t)
	s.employs("garage", "bakery", wire.SalesManager, 1)
	boss, owner := s.owner("garage"), s.owner("bakery")
	there := s.visits(owner, "garage")
	me := read[users.Session](t, there.ask("GET", "/session", nil)).User
	change := map[string]any{"name": me.Name, "role": me.Role, "active": false, "version": 1}
	require.Equal(t, http.StatusOK, boss.ask("PUT", "/people/"+me.ID.String(), change).Code)
	require.Equal(t, http.StatusUnauthorized, there.ask("GET", "/session", nil).Code)
	refused(t, "people.no_such_shop", owner.ask("POST", "/account/visits", users.Visit{Slug: "garage"}))
	require.Len(t, read[wire.Page[users.OwnShop]](t, owner.ask("GET", "/account/shops", nil)).Rows, 1)
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	s := newStreet(t)
	here, other := s.owner("bakery"), s.owner("bakery")
	rows := read[wire.Page[users.OpenSession]](t, here.ask("GET", "/account/sessions", nil)).Rows
	require.Len(t, rows, 3, "the one with which the shop was made, as a ticket, too")
	var mine, theirs uuid.UUID
	for _, row := range rows {
		if row.Here {
			mine = row.ID
		}
	}
	for _, row := range read[wire.Page[users.OpenSession]](t, other.ask("GET", "/account/sessions", nil)).Rows {
		if row.Here {
			theirs = row.ID
		}
	}
	require.NotEqual(t, mine, theirs)

	nora := s.employs("bakery", "garage", wire.Manager, 1)
	refused(t, "people.no_session", nora.ask("DELETE", "/account/sessions/"+theirs.String(), nil))
	refused(t, "people.above_you", nora.ask("DELETE", "/sessions/"+theirs.String(), nil))
	require.Equal(t, http.StatusNoContent, here.ask("DELETE", "/account/sessions/"+theirs.String(), nil).Code)
	require.Equal(t, http.StatusUnauthorized, other.ask("GET", "/session", nil).Code)
	refused(t, "people.no_session", here.ask("DELETE", "/account/sessions/"+theirs.String(), nil))

	her := read[users.Session](t, nora.ask("GET", "/session", nil)).User.ID
	hers := read[wire.Page[users.OpenSession]](t, here.ask("GET", "/people/"+her.String()+"/sessions", nil)).Rows
	require.Len(t, hers, 1)
	require.Equal(t, http.StatusNoContent, here.ask("DELETE", "/sessions/"+hers[0].ID.String(), nil).Code)
	require.Equal(t, http.StatusUnauthorized, nora.ask("GET", "/session", nil).Code)
}

func TestAnotherPasswordSignsOutEverywhereElse(t *testing.T) {
	s := newStreet(t)
	elsewhere := s.employs("garage", "bakery", wire.SalesManager, 1)
	here, other := s.owner("bakery"), s.owner("bakery")
	require.Equal(t, users.Account{SignsIn: true, Name: "Owner of bakery", Email: "owner@bakery.example"}, read[users.Account](t, here.ask("GET", "/account", nil)))
	refused(t, "auth.wrong_proof", here.ask("PUT", "/account/password", users.PasswordChange{Current: another, Password: another}))
	refused(t, "auth.weak_password", here.ask("PUT", "/account/password", users.PasswordChange{Current: password, Password: "aaaaaaaaaaaa"}))
	require.Equal(t, http.StatusOK, other.ask("GET", "/session", nil).Code)
	require.Equal(t, http.StatusNoContent, here.ask("PUT", "/account/password", users.PasswordChange{Current: password, Password: another}).Code)
	require.Equal(t, http.StatusOK, here.ask("GET", "/session", nil).Code)
	for name, desk := range map[string]desk{"at another browser": other, "in another shop": elsewhere} {
		require.Equal(t, http.StatusUnauthorized, desk.ask("GET", "/session", nil).Code, name)
	}
	s.signIn("garage", "owner@bakery.example", another)
}

func TestAnOwnerClosesTheShop(t *testing.T) {
	s := newStreet(t)
	manager := s.employs("bakery", "garage", wire.Manager, 1)
	owner := s.owner("bakery")
	refused(t, "auth.not_allowed", manager.ask("POST", "/company/closure", tenants.Closing{Slug: "bakery"}))
	refused(t, "tenants.another_address", owner.ask("POST", "/company/closure", tenants.Closing{Slug: "garage"}))
	me := read[users.Session](t, owner.ask("GET", "/session", nil)).User.ID
	require.Equal(t, http.StatusNoContent, owner.ask("POST", "/company/closure", tenants.Closing{Slug: "bakery"}).Code)
	refused(t, "auth.shop_shut", owner.ask("GET", "/session", nil))
	s.owner("garage")

	var by []uuid.UUID
	rows, err := s.super.Query(t.Context(), `
		select a.actor from (select actor, action, tab from audit union all select actor, action, tab from platform.audit_queue) a
		where a.tab = 'company' and a.action = 'POST /company/closure' and a.actor is not null`)
	require.NoError(t, err)
	by, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{me}, by, "the shop's own trail tells who has closed it")
}
