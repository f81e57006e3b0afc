package db

import "github.com/prometheus/client_golang/prometheus"

var (
	connsUsed = prometheus.NewDesc("souk_db_connections_used", "Connections in use.", []string{"pool"}, nil)
	connsMost = prometheus.NewDesc("souk_db_connections_max", "Connections at most.", []string{"pool"}, nil)
	waited    = prometheus.NewDesc("souk_db_acquire_waits_total", "Times a caller waited for a connection.", []string{"pool"}, nil)
)

// Describe names the pools' metrics.
func (d *DB) Describe(out chan<- *prometheus.Desc) {
	out <- connsUsed
	out <- connsMost
	out <- waited
}

// Collect reads the pools' metrics.
func (d *DB) Collect(out chan<- prometheus.Metric) {
	for name, pool := range map[string]interface {
		AcquiredConns() int32
		MaxConns() int32
		EmptyAcquireCount() int64
	}{"tenants": d.login.Stat(), "platform": d.platform.Stat()} {
		out <- prometheus.MustNewConstMetric(connsUsed, prometheus.GaugeValue, float64(pool.AcquiredConns()), name)
		out <- prometheus.MustNewConstMetric(connsMost, prometheus.GaugeValue, float64(pool.MaxConns()), name)
		out <- prometheus.MustNewConstMetric(waited, prometheus.CounterValue, float64(pool.EmptyAcquireCount()), name)
	}
}
