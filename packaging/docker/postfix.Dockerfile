# A Postfix that takes e-mails from the containers beside it and delivers them. It listens on no port of the machine, and offers them no
# encryption: its certificate would be of no authority, and Gonets would refuse it.
FROM debian:bookworm-slim
RUN echo "postfix postfix/main_mailer_type string Internet Site" | debconf-set-selections \
 && apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postfix ca-certificates \
 && rm -rf /var/lib/apt/lists/*
RUN postconf -e \
    "inet_interfaces = all" \
    "mynetworks = 127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16" \
    "mydestination =" \
    "local_transport = error:nobody has a mailbox here" \
    "smtpd_relay_restrictions = permit_mynetworks, reject" \
    "smtp_tls_security_level = may" \
    "smtpd_tls_security_level = none" \
    "smtp_tls_CApath = /etc/ssl/certs" \
    "maillog_file = /dev/stdout" \
    "message_size_limit = 52428800"
EXPOSE 25
# The name is that of the container: hostname in compose.yml.
CMD ["sh", "-c", "postconf -e \"myhostname = $(hostname)\" && exec postfix start-fg"]
