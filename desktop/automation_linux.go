//go:build linux && e2e

package desktop

// The test driver's door: WebKitWebDriver can steer a window that was built with
// this file. It is in no program that is shipped.

/*
#cgo linux pkg-config: gtk+-3.0
#cgo !webkit2_41 pkg-config: webkit2gtk-4.0
#cgo webkit2_41 pkg-config: webkit2gtk-4.1
#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

static WebKitWebView *theView = NULL;

static WebKitWebView *on_create_view(WebKitAutomationSession *s, gpointer d) { return theView; }

static void on_automation(WebKitWebContext *c, WebKitAutomationSession *s, gpointer d) {
	WebKitApplicationInfo *i = webkit_application_info_new();
	webkit_application_info_set_name(i, "till");
	webkit_application_info_set_version(i, 1, 0, 0);
	webkit_automation_session_set_application_info(s, i);
	webkit_application_info_unref(i);
	g_signal_connect(s, "create-web-view", G_CALLBACK(on_create_view), NULL);
}

// Interposes the library's function: the executable's symbol wins over the shared library's.
GtkWidget *webkit_web_view_new_with_user_content_manager(WebKitUserContentManager *m) {
	WebKitWebContext *c = webkit_web_context_get_default();
	webkit_web_context_set_automation_allowed(c, TRUE);
	g_signal_connect(c, "automation-started", G_CALLBACK(on_automation), NULL);
	GtkWidget *w = GTK_WIDGET(g_object_new(WEBKIT_TYPE_WEB_VIEW, "user-content-manager", m,
		"is-controlled-by-automation", TRUE, NULL));
	theView = WEBKIT_WEB_VIEW(w);
	return w;
}
*/
import "C"
