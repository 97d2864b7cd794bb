{{- define "warsa.labels" -}}
app.kubernetes.io/name: warsa
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Values.image.tag | quote }}
{{- end }}

{{- define "warsa.selector" -}}
app.kubernetes.io/name: warsa
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "warsa.image" -}}
{{ required "image.repository" .Values.image.repository }}:{{ required "image.tag" .Values.image.tag }}
{{- end }}

{{- define "warsa.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "warsa.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* Variables of a workload: root, database (key of the Secret), service. */}}
{{- define "warsa.env" -}}
{{- $root := .root }}
- {name: WARSA_MODE, value: production}
- {name: WARSA_BASE_HOST, value: {{ required "host" $root.Values.host | quote }}}
- {name: WARSA_SERVICE, value: {{ .service }}}
- {name: WARSA_RELEASE, value: {{ $root.Values.image.tag | quote }}}
- {name: WARSA_PROXIES, value: {{ $root.Values.proxies | quote }}}
- name: WARSA_DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ required "secretName" $root.Values.secretName }}, key: {{ .database }}}}
{{- range $key, $name := merge (dict) $root.Values.secretKeys $root.Values.extraSecretKeys }}
- name: {{ $name }}
  valueFrom: {secretKeyRef: {name: {{ $root.Values.secretName }}, key: {{ $key }}}}
{{- end }}
{{- range $name, $value := $root.Values.env }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "warsa.media" -}}
{{ .Values.media.existingClaim | default (printf "%s-media" .Release.Name) }}
{{- end }}

{{- define "warsa.backupClaim" -}}
{{ .Values.backup.existingClaim | default (printf "%s-backup" .Release.Name) }}
{{- end }}

{{/* Exactly one line of pods spread over nodes. */}}
{{- define "warsa.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {{ include "warsa.selector" . | fromYaml | toJson }}}
{{- end }}
