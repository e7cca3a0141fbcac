import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('clients', '0002_sameness_merges_and_consent'),
        ('staff', '0002_defaults'),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('noun', models.CharField(max_length=60)),
                ('ref_id', models.BigIntegerField()),
                ('title', models.CharField(max_length=300)),
                ('place', models.CharField(default='', max_length=300)),
                ('state', models.CharField(default='open', max_length=10)),
                ('current_number', models.PositiveSmallIntegerField(default=0)),
                ('due_date', models.DateField(null=True)),
                ('asked_by_label', models.CharField(max_length=160)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='staff.person')),
            ],
        ),
        migrations.CreateModel(
            name='ApprovalStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(max_length=8)),
                ('name', models.CharField(max_length=200)),
                ('email', models.CharField(default='', max_length=254)),
                ('state', models.CharField(default='waiting', max_length=8)),
                ('asked_at', models.DateTimeField(null=True)),
                ('delegated_by', models.CharField(default='', max_length=200)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.CharField(default='', max_length=200)),
                ('recorded_by', models.CharField(default='', max_length=160)),
                ('words', models.TextField(default='')),
                ('via', models.CharField(default='', max_length=10)),
                ('address', models.CharField(default='', max_length=64)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='clients.contact')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='staff.person')),
            ],
        ),
        migrations.CreateModel(
            name='ApprovalSighting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=200)),
                ('via', models.CharField(max_length=10)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('times', models.PositiveIntegerField(default=1)),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sightings', to='approvals.approvalstep')),
            ],
        ),
        migrations.CreateModel(
            name='ApprovalLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_by_label', models.CharField(default='', max_length=160)),
                ('created_at', models.DateTimeField()),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='approvals.approvalstep')),
            ],
        ),
        migrations.CreateModel(
            name='ApprovalVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('state', models.CharField(default='open', max_length=10)),
                ('words', models.TextField(default='')),
                ('criteria', models.JSONField(default=list)),
                ('files', models.JSONField(default=list)),
                ('due_date', models.DateField(null=True)),
                ('asked_by_label', models.CharField(max_length=160)),
                ('asked_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(default='', max_length=500)),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='approvals.approval')),
            ],
        ),
        migrations.AddField(
            model_name='approvalstep',
            name='of_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='approvals.approvalversion'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['state', 'due_date'], name='approval_due'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(fields=('noun', 'ref_id'), name='approval_once'),
        ),
        migrations.AddConstraint(
            model_name='approvalsighting',
            constraint=models.UniqueConstraint(fields=('step', 'label', 'via'), name='approval_sighting_once'),
        ),
        migrations.AddConstraint(
            model_name='approvalversion',
            constraint=models.UniqueConstraint(fields=('approval', 'number'), name='approval_version_once'),
        ),
        migrations.AddIndex(
            model_name='approvalstep',
            index=models.Index(fields=['person', 'state'], name='approval_step_person'),
        ),
        migrations.AddConstraint(
            model_name='approvalstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('approved', 'rejected')), _negated=True), ('answered_at__isnull', False), _connector='OR'), name='approval_answer_has_a_time'),
        ),
    ]
