"""What goes over MQTT: records, topics, the durable outbox, the relay, ingest, history, brokers."""
