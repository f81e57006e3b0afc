package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"souk/server/platform/export"
)

func TestAnArchiveOfSeveralStepsIsOneZIP(t *testing.T) {
	var file bytes.Buffer
	kept := []byte(`{}`)
	at := time.Date(2026, 3, 1, 12, 30, 16, 0, time.UTC)
	want := map[string]string{}
	for step := range 4 {
		var archive export.Archive // as it comes back from the job's row
		require.NoError(t, json.Unmarshal(kept, &archive))
		name, body := fmt.Sprintf("ملف-%d.csv", step), strings.Repeat(fmt.Sprintf("row %d\n", step), step*10_000)
		want[name] = body
		require.NoError(t, archive.Add(&file, name, []byte(body), at))
		var err error
		kept, err = json.Marshal(archive)
		require.NoError(t, err)
	}
	var archive export.Archive
	require.NoError(t, json.Unmarshal(kept, &archive))
	require.NoError(t, archive.Close(&file))

	read, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	require.NoError(t, err)
	require.Len(t, read.File, len(want))
	for _, entry := range read.File {
		opened, err := entry.Open()
		require.NoError(t, err)
		body, err := io.ReadAll(opened)
		require.NoError(t, err, "its sum is right: %s", entry.Name)
		require.Equal(t, want[entry.Name], string(body))
		require.True(t, entry.Modified.Equal(at))
	}
}
