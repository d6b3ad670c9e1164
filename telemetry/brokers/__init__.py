"""Brokers: in this process (amqtt), as a supervised child (Mosquitto), or anywhere by address."""
