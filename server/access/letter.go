package access

import (
	_ "embed"
	htmltemplate "html/template"
	"strings"

	"souk/server/platform/mail"
	"souk/shared/fault"
)

// said is what a letter to the owner of an account says.
type said struct {
	Kind   string
	Shop   string
	Name   string
	By     string
	Locale string
	Link   string
}

// phrases are a letter's words. SHOP, NAME and BY stand for what they say.
type phrases struct{ subject, greeting, about, press, expires, otherwise string }

var phrasesOf = map[string]map[string]phrases{
	kindInvitation: {
		"en": {
			"BY invites you to SHOP", "Hello NAME,", "BY has invited you to work in SHOP.", "Accept the invitation",
			"The link holds for seven days.", "If you do not know SHOP, leave this letter be: nothing happens.",
		},
		"es": {
			"BY le invita a SHOP", "Hola, NAME:", "BY le ha invitado a trabajar en SHOP.", "Aceptar la invitación",
			"El enlace vale durante siete días.", "Si no conoce SHOP, no haga nada: no pasará nada.",
		},
		"ar": {
			"يدعوك BY إلى SHOP", "مرحبًا NAME،", "دعاك BY للعمل في SHOP.", "قبول الدعوة",
			"الرابط صالح لسبعة أيام.", "إذا كنت لا تعرف SHOP فتجاهل هذه الرسالة، ولن يحدث شيء.",
		},
	},
	kindPassword: {
		"en": {
			"A new password for SHOP", "Hello,", "Someone asked for a new password for NAME at SHOP. If that was you, choose one here:", "Choose a new password",
			"The link holds for one hour and works once.", "If it was not you, leave this letter be: your password stays as it is.",
		},
		"es": {
			"Una contraseña nueva para SHOP", "Hola:", "Alguien pidió una contraseña nueva para NAME en SHOP. Si fue usted, elíjala aquí:", "Elegir una contraseña nueva",
			"El enlace vale durante una hora y una sola vez.", "Si no fue usted, no haga nada: su contraseña no cambia.",
		},
		"ar": {
			"كلمة مرور جديدة لـ SHOP", "مرحبًا،", "طلب أحدهم كلمة مرور جديدة لـ NAME في SHOP. إذا كنت أنت فاخترها هنا:", "اختيار كلمة مرور جديدة",
			"الرابط صالح لساعة واحدة ويعمل مرة واحدة.", "إذا لم تكن أنت فتجاهل هذه الرسالة، وتبقى كلمة مرورك كما هي.",
		},
	},
}

//go:embed letters/letter.html.tmpl
var letterSource string

var letterHTML = htmltemplate.Must(htmltemplate.New("letter").Parse(letterSource))

type letterView struct{ Language, Direction, Subject, Shop, Greeting, About, Press, Link, Expires, Otherwise string }

func (s said) letter() (mail.Letter, error) {
	language, _, _ := strings.Cut(s.Locale, "-")
	words, known := phrasesOf[s.Kind][language]
	if !known {
		language, words = "en", phrasesOf[s.Kind]["en"]
	}
	// A name is one line, so that it makes no line of its own in a letter or its subject.
	fill := strings.NewReplacer("SHOP", oneLine(s.Shop), "NAME", oneLine(s.Name), "BY", oneLine(s.By)).Replace
	view := letterView{
		Language: language, Direction: "ltr", Subject: fill(words.subject), Shop: oneLine(s.Shop), Greeting: fill(words.greeting), About: fill(words.about),
		Press: words.press, Link: s.Link, Expires: words.expires, Otherwise: fill(words.otherwise),
	}
	if language == "ar" {
		view.Direction = "rtl"
	}
	var html strings.Builder
	if err := letterHTML.Execute(&html, view); err != nil {
		return mail.Letter{}, err
	}
	text := strings.Join([]string{view.Greeting, view.About, view.Press + ":\n" + view.Link, view.Expires, view.Otherwise}, "\n\n") + "\n"
	return mail.Letter{Subject: view.Subject, Text: text, HTML: html.String()}, nil
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// over reports whether an invitation is open no more.
func over(err error) bool {
	found := fault.Of(err)
	return found != nil && found.Code == "access.invitation_over"
}
