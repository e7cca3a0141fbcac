import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0002_work_in_depth'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='stage',
            field=models.CharField(default='', max_length=12),
        ),
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=6)),
                ('text', models.TextField()),
                ('author_label', models.CharField(max_length=160)),
                ('created_at', models.DateTimeField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lessons', to='delivery.project')),
            ],
        ),
        migrations.CreateModel(
            name='ProjectClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('summary', models.TextField()),
                ('survey_place', models.CharField(default='', max_length=300)),
                ('open_promises', models.JSONField(default=list)),
                ('status_before', models.CharField(max_length=12)),
                ('stage_before', models.CharField(max_length=12)),
                ('closed_by_label', models.CharField(max_length=160)),
                ('closed_at', models.DateTimeField()),
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='closing', to='delivery.project')),
            ],
        ),
        migrations.CreateModel(
            name='HealthOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('colour', models.CharField(max_length=6)),
                ('reason', models.TextField()),
                ('author_label', models.CharField(max_length=160)),
                ('set_at', models.DateTimeField()),
                ('last_date', models.DateField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='health_overrides', to='delivery.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'last_date'], name='health_override_project')],
            },
        ),
        migrations.CreateModel(
            name='StatusUpdate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('colour', models.CharField(max_length=6)),
                ('promised_finish_date', models.DateField(null=True)),
                ('forecast_finish_date', models.DateField(null=True)),
                ('author_label', models.CharField(max_length=160)),
                ('published_at', models.DateTimeField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='status_updates', to='delivery.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'published_at'], name='status_update_project')],
            },
        ),
    ]
