{{/* The name of an agent's objects: of the release and the domain. A StatefulSet's name may have 52 characters. */}}
{{- define "lineage.agent.name" -}}
{{- $name := printf "%s-agent-%s" .release (.domain | lower | replace "_" "-" | replace "." "-") -}}
{{- if gt (len $name) 52 }}{{ fail (printf "%s is too long: shorten the release's name" $name) }}{{ end -}}
{{- $name -}}
{{- end }}

{{- define "lineage.gateway.name" -}}{{ .Release.Name }}-gateway{{- end }}

{{- define "lineage.image" -}}
{{- with .root.Values.image.registry }}{{ . }}/{{ end }}{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/* What selects the pods of one component; `labels` adds what may change. */}}
{{- define "lineage.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- with .domain }}
lineage-mesh/domain: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "lineage.labels" -}}
{{ include "lineage.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* Settings as TOML. JSON's scalars and lists are TOML too; tables come last, as TOML wants it. */}}
{{- define "lineage.toml" -}}
{{- range $name, $value := . }}{{ if not (kindIs "map" $value) }}
{{ $name }} = {{ $value | toJson }}
{{- end }}{{ end }}
{{- range $name, $table := . }}{{ if kindIs "map" $table }}

[{{ $name }}]
{{- range $key, $value := $table }}
{{ $key | quote }} = {{ $value | toJson }}
{{- end }}
{{- end }}{{ end }}
{{- end }}

{{/* What every pod has. Service links would put LINEAGE_AGENT_... variables into the environment of a pod beside a
     Service called lineage-agent, and unknown settings are refused. */}}
{{- define "lineage.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: 45
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- with .own.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .own.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .own.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What every container has. The pause lets load balancers forget the pod before its port closes. */}}
{{- define "lineage.container" -}}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
lifecycle:
  preStop: { exec: { command: [sleep, "5"] } }
livenessProbe:
  httpGet: { path: /health/live, port: http }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /health/ready, port: http }
  periodSeconds: 5
  timeoutSeconds: 5
resources: {{- toYaml .own.resources | nindent 2 }}
{{- end }}
